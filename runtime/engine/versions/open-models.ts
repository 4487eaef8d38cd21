/** Versions that are open, put together as models again. */
import type { Plan } from "../../plan/plan.js";
import type { EngineCaches } from "../answers/engine-caches.js";
import type { EngineSequences } from "../sequences/sequences.js";
import type { Leased } from "./lease-versions.js";
import type { OpenModel } from "./model-runner.js";
import { Shadow, type ShadowParts } from "./shadow.js";

/** Models by name, each with its open versions and what stands before and behind them. */
export function openModels(
  plan: Plan,
  leases: readonly Leased[],
  caches: EngineCaches,
  sequences: EngineSequences,
  { observer, clock }: Pick<ShadowParts, "observer" | "clock">,
): ReadonlyMap<string, OpenModel> {
  return new Map(
    Object.entries(plan.models).map(([name, model]) => {
      const own = new Map(
        leases.filter((leased) => leased.name === name).map(({ version, lease }) => [version.version, lease.group]),
      );
      const groups = new Map(
        model.versions.flatMap(({ version }) => {
          const group = own.get(version);
          return group === undefined ? [] : [[version, group] as const];
        }),
      );
      const group = groups.get(model.shadow ?? "");
      const answers = caches.models.get(name);
      const store = sequences.models.get(name);
      const shadow =
        model.shadow === undefined || group === undefined
          ? undefined
          : new Shadow({ model: name, version: model.shadow, group, observer, clock });
      const open: OpenModel = {
        model,
        groups,
        ...(shadow === undefined ? {} : { shadow }),
        ...(answers === undefined ? {} : { answers }),
        ...(store === undefined ? {} : { sequences: store }),
      };
      return [name, open];
    }),
  );
}
