/**
 * Measures what a model gains from batches, once, while it is idle: the batcher takes no larger ones than pay. On a CPU
 * tiny and weight-bound models gain many times over, and those bound by arithmetic nothing.
 */
import { EkibenError, invariant } from "../../errors.js";
import type { PlanModel } from "../../plan/plan.js";
import { madeUpFeeds, triedSizes } from "../open/made-up.js";
import type { Feeds } from "./check-feeds.js";
import type { MeasuredRun } from "./run-cost.js";
import { workOf } from "./sharing.js";

/** Whoever comes meanwhile waits no longer than for one such run. */
const longestRunMs = 400;
/** Each size is run in each of so many rounds, no more than fit into this time; the shortest run counts: noise only ever adds. */
const rounds = 6;
const roundsMs = 3000;
/** Free dimensions are made no larger: what a model needed once, onnxruntime keeps. */
const longestRow = 512;
/** After so many doublings that gained nothing, more will gain nothing. */
const vainDoublings = 2;
const worthwhileGain = 0.97;

export interface ProfileParts {
  readonly model: PlanModel;
  /** Resolves once nobody waits and nothing runs; to false when the group takes nothing more. */
  readonly idle: () => Promise<boolean>;
  /** Runs on an idle instance and gives the run's milliseconds. Keeps their buffers. Throws an `EkibenError` when the model fails. */
  readonly run: (feeds: Feeds) => Promise<number>;
}

/** Undefined where the model takes nothing that can be made up, or the group closed meanwhile. */
export async function profile(parts: ProfileParts): Promise<readonly MeasuredRun[] | undefined> {
  for (const length of triedSizes) {
    try {
      return await measureSizes(parts, length);
    } catch (error) {
      // Not a size that this model takes; the next one may be.
      if (!(error instanceof EkibenError)) throw error;
    }
  }
  return undefined;
}

/** Made-up rows, of so many elements in all; every free dimension is of one length. */
interface Size {
  readonly rows: number;
  readonly length: number;
  readonly work: number;
}

interface SizedRun extends Size {
  ms: number;
}

async function measureSizes(parts: ProfileParts, length: number): Promise<readonly MeasuredRun[] | undefined> {
  const measured = await firstRound(parts, length);
  let spentMs = measured?.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
  const roundMs = spentMs;
  for (let round = 1; measured !== undefined && round < rounds && spentMs + roundMs <= roundsMs; round++) {
    for (const run of measured) {
      const ms = await runOnce(parts, run);
      if (ms === undefined) return undefined;
      run.ms = Math.min(run.ms, ms);
      spentMs += ms;
    }
  }
  return measured?.map(({ work, ms }) => ({ work, ms }));
}

/** One run of each size, up to where larger ones gain nothing, would take too long or are not taken. */
async function firstRound(parts: ProfileParts, length: number): Promise<readonly SizedRun[] | undefined> {
  const measured: SizedRun[] = [];
  let vain = 0;
  for (const size of growing(parts.model, length)) {
    const previous = measured.at(-1);
    let ms: number | undefined;
    try {
      ms = await runOnce(parts, size);
    } catch (error) {
      if (previous === undefined || !(error instanceof EkibenError)) throw error;
      break;
    }
    if (ms === undefined) return undefined;
    const gains = previous === undefined || ms / size.work < (previous.ms / previous.work) * worthwhileGain;
    vain = gains ? 0 : vain + 1;
    measured.push({ ...size, ms });
    if (vain === vainDoublings || 2 * ms > longestRunMs) break;
  }
  return measured;
}

/** Its milliseconds; undefined when the group closed meanwhile. */
async function runOnce({ model, idle, run }: ProfileParts, { rows, length }: Size): Promise<number | undefined> {
  if (!(await idle())) return undefined;
  const feeds = madeUpFeeds(model.inputs, rows, length);
  invariant(feeds, "what was made up once can be again");
  return run(feeds);
}

/**
 * Ever more rows, up to the most that a batch has; from there ever longer ones, where the model takes any length. Without
 * batches one row and two, which tells what they would be worth.
 */
function* growing({ inputs, batching }: PlanModel, shortest: number): Generator<Size> {
  const mostRows = batching?.maxBatchSize ?? 2;
  let [rows, length, last] = [1, shortest, 0];
  for (;;) {
    const feeds = madeUpFeeds(inputs, rows, length);
    if (feeds === undefined) return;
    const work = rows * workOf(inputs, feeds);
    if (work <= last) return;
    yield { rows, length, work };
    last = work;
    if (rows < mostRows) rows = Math.min(2 * rows, mostRows);
    else if (batching === undefined) return;
    else if (length < longestRow) length *= 2;
  }
}
