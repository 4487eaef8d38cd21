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
