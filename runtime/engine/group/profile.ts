/**
 * Measures what a model gains from batches, once, while it is idle: the batcher takes no larger ones than pay. On a CPU
 * tiny and weight-bound models gain many times over, and those bound by arithmetic nothing.
 */
import type { PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import { madeUpFeeds, triedSizes } from "../open/made-up.js";
import type { Feeds } from "./check-feeds.js";
import type { MeasuredRun } from "./run-cost.js";
import { workOf } from "./sharing.js";

/** Requests of the first moments come before measuring. */
const quietMs = 300;
/** Whoever comes meanwhile waits no longer than for one such run. */
const longestRunMs = 400;
/** Of so many runs, and no more than fit into this time, the shortest counts: noise only ever adds. */
const repetitions = 5;
const repetitionsMs = 60;
/** After so many doublings that gained nothing, more will gain nothing. */
const vainDoublings = 2;
const worthwhileGain = 0.97;

export interface ProfileParts {
  readonly model: PlanModel;
  readonly clock: Clock;
  /** Whether nobody waits and nothing runs; undefined once the group takes nothing more. */
  readonly isIdle: () => boolean | undefined;
  /** Runs on an idle instance and gives the run's milliseconds. Throws when the model fails. */
  readonly run: (feeds: Feeds) => Promise<number>;
}

/** Undefined where the model takes nothing that can be made up, or the group closed meanwhile. */
export async function profile(parts: ProfileParts): Promise<readonly MeasuredRun[] | undefined> {
  const { model, clock } = parts;
  await new Promise<void>((resolve) => void clock.after(quietMs, resolve));
  for (const size of triedSizes) {
    try {
      return await measureSizes(parts, model.batching?.maxBatchSize ?? 1, size);
    } catch {
      // Not a size that this model takes; the next one may be.
    }
  }
  return undefined;
}

async function measureSizes(
  parts: ProfileParts,
  maxBatchSize: number,
  size: number,
): Promise<readonly MeasuredRun[] | undefined> {
  const measured: MeasuredRun[] = [];
  let vain = 0;
  for (let rows = 1; vain < vainDoublings; rows = Math.min(2 * rows, maxBatchSize)) {
    const feeds = madeUpFeeds(parts.model.inputs, rows, size);
    if (feeds === undefined) break;
    const ms = await shortest(parts, feeds);
    if (ms === undefined) return undefined;
    const previous = measured.at(-1);
    const work = rows * workOf(parts.model.inputs, feeds);
    measured.push({ work, ms });
    const gains = previous === undefined || ms / work < (previous.ms / previous.work) * worthwhileGain;
    vain = gains ? 0 : vain + 1;
    if (rows === maxBatchSize || 2 * ms > longestRunMs) break;
  }
  return measured;
}

async function shortest(parts: ProfileParts, feeds: Feeds): Promise<number | undefined> {
  const times: number[] = [];
  let totalMs = 0;
  while (times.length === 0 || (times.length < repetitions && totalMs < repetitionsMs)) {
    if (!(await idle(parts))) return undefined;
    const ms = await parts.run(feeds);
    times.push(ms);
    totalMs += ms;
  }
  return Math.min(...times);
}

/** Waits until nobody else is there; false when the group takes nothing more. */
async function idle({ clock, isIdle }: ProfileParts): Promise<boolean> {
  let state = isIdle();
  while (state === false) {
    await new Promise<void>((resolve) => void clock.after(quietMs, resolve));
    state = isIdle();
  }
  return state === true;
}
