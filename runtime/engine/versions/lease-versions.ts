/** The versions of a Plan's models: opened, or taken over where they are open; and put together as models again. */
import type { Plan, PlanModel, PlanVersion } from "../../plan/plan.js";
import type { GroupPool, Lease } from "../group/group-pool.js";
import { ofVersion } from "../observer.js";
import { ModelOpenError } from "../open/open-failure.js";
import { type OpenGroupOptions, openGroup } from "../open/open-group.js";
import type { OpenModel } from "./model-runner.js";
import { Shadow, type ShadowParts } from "./shadow.js";

interface VersionOf {
  readonly name: string;
  readonly model: PlanModel;
  readonly version: PlanVersion;
}

export interface Leased extends VersionOf {
  readonly lease: Lease;
}

interface LeaseParts extends Omit<OpenGroupOptions, "name" | "model" | "version"> {
  readonly groups: GroupPool;
}

export function versionsOf(plan: Plan): readonly VersionOf[] {
  return Object.entries(plan.models).flatMap(([name, model]) =>
    model.versions.map((version) => ({ name, model, version })),
  );
}

/** Throws `ModelOpenError` with the model's name. */
export async function leaseVersion({ name, model, version }: VersionOf, parts: LeaseParts): Promise<Leased> {
  const observer = ofVersion(parts.observer, version.version);
  const threads = model.session.intraOpThreads ?? parts.sharedThreads;
  const open = () => openGroup({ ...parts, name, model, version, observer });
  try {
    return { name, model, version, lease: await parts.groups.lease({ name, model, version, threads }, open) };
  } catch (error) {
    if (!(error instanceof ModelOpenError)) throw error;
    const which = model.versions.length === 1 ? "" : `version ${version.version}: `;
    throw new ModelOpenError(error.code, `${which}${error.message}`, name);
  }
}

/** Models by name, each with its open versions and its shadow. */
export function openModels(
  plan: Plan,
  leases: readonly Leased[],
  { observer, clock }: Pick<ShadowParts, "observer" | "clock">,
): ReadonlyMap<string, OpenModel> {
  return new Map(
    Object.entries(plan.models).map(([name, model]) => {
      const own = leases.filter((leased) => leased.name === name);
      const groups = new Map(own.map(({ version, lease }) => [version.version, lease.group]));
      const group = groups.get(model.shadow ?? "");
      if (model.shadow === undefined || group === undefined) return [name, { model, groups }];
      const shadow = new Shadow({ model: name, version: model.shadow, group, observer, clock });
      return [name, { model, groups, shadow }];
    }),
  );
}
