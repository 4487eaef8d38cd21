/** Which of a model's versions is meant where none is named. */
import { invariant } from "../errors.js";
import type { PlanModel, PlanVersion } from "./plan.js";

export function newestVersion({ versions }: Pick<PlanModel, "versions">): PlanVersion {
  const newest = versions.at(-1);
  invariant(newest, "a model has a version");
  return newest;
}

/** The version that answers most: that of the largest share, or the newest that is no shadow. */
export function mainVersion(model: Pick<PlanModel, "versions" | "traffic" | "shadow">): PlanVersion {
  const { versions, traffic, shadow } = model;
  if (traffic !== undefined) {
    const shares = Object.entries(traffic.weights).sort(([, a], [, b]) => b - a);
    const largest = versions.find(({ version }) => version === shares[0]?.[0]);
    if (largest !== undefined) return largest;
  }
  return versions.findLast(({ version }) => version !== shadow) ?? newestVersion(model);
}

/** A version's share of the requests. */
export function percentOf(model: PlanModel, version: string): number {
  if (model.traffic !== undefined) return model.traffic.weights[version] ?? 0;
  return version === mainVersion(model).version ? 100 : 0;
}

/** Versions by model for so many runs of a graph that each version which answers somebody has had its turn. */
export function turnsOfVersions(models: {
  readonly [name: string]: PlanModel;
}): readonly ReadonlyMap<string, string>[] {
  const answering = Object.entries(models).flatMap(([name, { traffic }]) =>
    traffic === undefined ? [] : [[name, Object.keys(traffic.weights)] as const],
  );
  const turns = Math.max(1, ...answering.map(([, versions]) => versions.length));
  return Array.from(
    { length: turns },
    (_, turn) => new Map(answering.map(([name, versions]) => [name, versions[turn % versions.length] ?? ""])),
  );
}
