/**
 * How fast a group works off what waits, measured from its runs: so that a caller who cannot be answered in time is told so
 * at once, and when to come back.
 */
const weightOfNewest = 0.2;
const untilMeasuredS = 1;
/** Runs do not all take the same time: so much of an estimate is added to it. */
const reserve = 1.15;

/** What stands before an item. */
export interface Ahead {
  readonly rows: number;
  /** Instances that run; the first of them to end has run for so long. */
  readonly busy: number;
  readonly longestRunMs: number;
  /** Instances that live. */
  readonly instances: number;
}

export class Throughput {
  private msPerRow: number | undefined;
  private meanRunMs: number | undefined;

  /** A batch of so many rows has kept one instance busy for so long. */
  record(rows: number, runMs: number): void {
    this.msPerRow = average(this.msPerRow, runMs / rows);
    this.meanRunMs = average(this.meanRunMs, runMs);
  }

  /** The mean duration of a run, once there was one. */
  get runMs(): number | undefined {
    return this.meanRunMs;
  }

  /** Milliseconds until an item of so many rows that arrives now is answered; undefined until something was measured. */
  answerMs(rows: number, ahead: Ahead): number | undefined {
    if (this.msPerRow === undefined || this.meanRunMs === undefined) return undefined;
    const instances = Math.max(ahead.instances, 1);
    const running = ahead.busy >= instances ? Math.max(0, this.meanRunMs - ahead.longestRunMs) : 0;
    const own = Math.max(this.meanRunMs, (rows * this.msPerRow) / instances);
    return (running + (ahead.rows * this.msPerRow) / instances + own) * reserve;
  }

  /** Seconds until so many rows are worked off. */
  drainS(rows: number, instances: number): number {
    if (this.msPerRow === undefined) return untilMeasuredS;
    return (rows * this.msPerRow) / Math.max(instances, 1) / 1000;
  }
}

function average(mean: number | undefined, newest: number): number {
  return mean === undefined ? newest : mean + weightOfNewest * (newest - mean);
}
