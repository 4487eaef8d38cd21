/** Versions that are open, put together as models again. */
import type { Plan } from "../../plan/plan.js";
import type { Leased } from "./lease-versions.js";
import type { OpenModel } from "./model-runner.js";
import { Shadow, type ShadowParts } from "./shadow.js";

/** Models by name, each with its open versions and its shadow. */
export function openModels(
  plan: Plan,
  leases: readonly Leased[],
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
      if (model.shadow === undefined || group === undefined) return [name, { model, groups }];
      const shadow = new Shadow({ model: name, version: model.shadow, group, observer, clock });
      return [name, { model, groups, shadow }];
    }),
  );
}
