/** How much of the time a model's instances computed, and what to try where they had no more to give. */
import type { ModelFigures } from "./scrape.js";
import type { ServedModel } from "./served.js";

export interface Occupancy {
  readonly instances: number;
  readonly threads: number | undefined;
  /** From 0 to 1. */
  readonly share: number;
}

/** Undefined where the server does not say how many instances there are. */
export function occupancyOf(
  { runs, runMs }: ModelFigures,
  ms: number,
  served: ServedModel | undefined,
): Occupancy | undefined {
  if (served?.instances === undefined) return undefined;
  const { instances, threads } = served;
  return { instances, threads, share: Math.min(1, (runs * runMs) / (ms * instances)) };
}

const full = 0.9;

/**
 * As many instances as there are threads in all, where requests waited for runs that had every thread: an operator's threads
 * wait for each other, those of instances do not.
 */
export function instancesToTry({ queueMs, runMs }: ModelFigures, occupancy: Occupancy): number | undefined {
  const { instances, threads = 1, share } = occupancy;
  return threads > 1 && share >= full && queueMs >= runMs / 2 ? instances * threads : undefined;
}
