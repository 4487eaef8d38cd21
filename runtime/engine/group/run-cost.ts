/**
 * How long a run takes by its work, measured: work is the elements of a run's rows, so that runs of few long rows and of
 * many short ones are compared. Between measurements it is interpolated, beyond them extrapolated in proportion.
 */
export interface MeasuredRun {
  readonly work: number;
  readonly ms: number;
}

/** Less than this to be gained by a larger run is not worth the wait. */
const worthwhileGain = 1.04;

export class RunCost {
  readonly measured: readonly MeasuredRun[];
  /** The work of a run beyond which larger ones gain nothing; as large as may be where nothing was measured. */
  readonly knee: number;

  constructor(measured: readonly MeasuredRun[] = []) {
    this.measured = [...measured].sort((a, b) => a.work - b.work);
    this.knee = kneeOf(this.measured);
  }

  /** How many times as much is done in the same time by runs that are larger than the smallest; undefined where nothing was measured. */
  get gain(): number | undefined {
    const [smallest] = this.measured;
    return smallest === undefined ? undefined : smallest.ms / smallest.work / bestOf(this.measured);
  }

  /** Milliseconds of a run; undefined where nothing was measured. */
  predict(work: number): number | undefined {
    const above = this.measured.findIndex((point) => point.work >= work);
    const next = this.measured[above];
    const last = this.measured.at(-1);
    if (next === undefined) return last === undefined ? undefined : (last.ms * work) / last.work;
    const previous = this.measured[above - 1];
    if (previous === undefined) return next.ms;
    const part = (work - previous.work) / (next.work - previous.work);
    return previous.ms + part * (next.ms - previous.ms);
  }
}

/** Milliseconds for work of 1, in the run that is the best at it. */
function bestOf(points: readonly MeasuredRun[]): number {
  return Math.min(...points.map(({ work, ms }) => ms / work));
}

function kneeOf(points: readonly MeasuredRun[]): number {
  const best = bestOf(points);
  const knee = points.find(({ work, ms }) => ms / work <= best * worthwhileGain);
  if (knee === undefined) return Number.POSITIVE_INFINITY;
  // Where the largest that was measured was the best, twice as much is tried; beyond that nobody knows of a gain.
  return knee === points.at(-1) ? 2 * knee.work : knee.work;
}
