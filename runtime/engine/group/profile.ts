/**
 * Measures what a model gains from batches, once, while it is idle: the batcher takes no larger ones than pay. On a CPU
 * tiny and weight-bound models gain many times over, and those bound by arithmetic nothing.
 */
import type { PlanModel } from "../../plan/plan.js";
import { madeUpFeeds, triedSizes } from "../open/made-up.js";
import type { Feeds } from "./check-feeds.js";
import type { MeasuredRun } from "./run-cost.js";
import { workOf } from "./sharing.js";

/** Whoever comes meanwhile waits no longer than for one such run. */
const longestRunMs = 400;
/** Each size is run in each of so many rounds, no more than fit into this time; the shortest run counts: noise only ever adds. */
const rounds = 6;
const roundsMs = 1000;
/** Free dimensions are made no larger: what a model needed once, onnxruntime keeps. */
const longestRow = 512;
/** After so many doublings that gained nothing, more will gain nothing. */
const vainDoublings = 2;
const worthwhileGain = 0.97;

export interface ProfileParts {
  readonly model: PlanModel;
  /** Resolves once nobody waits and nothing runs; to false when the group takes nothing more. */
  readonly idle: () => Promise<boolean>;
  /** Runs on an idle instance and gives the run's milliseconds. Throws when the model fails. */
  readonly run: (feeds: Feeds) => Promise<number>;
}

/** Undefined where the model takes nothing that can be made up, or the group closed meanwhile. */
export async function profile(parts: ProfileParts): Promise<readonly MeasuredRun[] | undefined> {
  const { model } = parts;
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
  const measured = await firstRound(parts, maxBatchSize, size);
  let spentMs = measured?.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
  const roundMs = spentMs;
  for (let round = 1; measured !== undefined && round < rounds && spentMs + roundMs <= roundsMs; round++) {
    for (const run of measured) {
      if (!(await parts.idle())) return undefined;
      const ms = await parts.run(run.feeds);
      run.ms = Math.min(run.ms, ms);
      spentMs += ms;
    }
  }
  return measured?.map(({ work, ms }) => ({ work, ms }));
}

interface MadeUpRun {
  readonly feeds: Feeds;
  readonly work: number;
}

interface SizedRun extends MadeUpRun {
  ms: number;
}

/** One run of each size, up to where larger ones gain nothing or would take too long. */
async function firstRound(
  parts: ProfileParts,
  maxBatchSize: number,
  size: number,
): Promise<readonly SizedRun[] | undefined> {
  const measured: SizedRun[] = [];
  let vain = 0;
  for (const { feeds, work } of growing(parts.model.inputs, maxBatchSize, size)) {
    if (!(await parts.idle())) return undefined;
    const previous = measured.at(-1);
    let ms: number;
    try {
      ms = await parts.run(feeds);
    } catch (error) {
      if (previous === undefined) throw error;
      break;
    }
    const gains = previous === undefined || ms / work < (previous.ms / previous.work) * worthwhileGain;
    vain = gains ? 0 : vain + 1;
    measured.push({ feeds, work, ms });
    if (vain === vainDoublings || 2 * ms > longestRunMs) break;
  }
  return measured;
}

/** Ever more rows, up to the most that a batch has; from there ever longer ones, where the model takes any length. */
function* growing(inputs: PlanModel["inputs"], maxBatchSize: number, size: number): Generator<MadeUpRun> {
  let [rows, length, last] = [1, size, 0];
  for (;;) {
    const feeds = madeUpFeeds(inputs, rows, length);
    if (feeds === undefined) return;
    const work = rows * workOf(inputs, feeds);
    if (work <= last) return;
    yield { feeds, work };
    last = work;
    if (rows < maxBatchSize) rows = Math.min(2 * rows, maxBatchSize);
    else if (length < longestRow) length *= 2;
  }
}
