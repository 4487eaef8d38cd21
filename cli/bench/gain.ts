/** What batching gained: what rows cost in the batches that were seen, by what was measured of the model while nobody came. */
import { type MeasuredRun, RunCost } from "../../runtime/engine/group/run-cost.js";
import type { ModelFigures } from "./scrape.js";

/** A measured run, by its rows. */
export interface ProfileRow {
  readonly rows: number;
  readonly ms: number;
  /** How many times the rows a second of single rows. */
  readonly gain: number;
}

/** The first run that is measured is of one row. */
export function profileRows(measured: readonly MeasuredRun[]): readonly ProfileRow[] {
  const [single] = measured;
  if (single === undefined) return [];
  return measured.map(({ work, ms }) => {
    const rows = Math.round(work / single.work);
    return { rows, ms, gain: (rows * single.ms) / ms };
  });
}

/** How many times the rows a second the seen batches give, compared with single rows. Undefined where nothing was measured. */
export function gainOf({ rows, runs }: ModelFigures, measured: readonly MeasuredRun[]): number | undefined {
  const [single] = measured;
  if (single === undefined || runs === 0) return undefined;
  const perRun = Math.max(1, rows / runs);
  const ms = new RunCost(measured).predict(perRun * single.work);
  return ms === undefined ? undefined : (perRun * single.ms) / ms;
}
