/** How fast a group works off its queue, measured, so that a caller who is turned away can be told when to come back. */
const weightOfNewest = 0.2;
const untilMeasuredS = 1;

export class DrainRate {
  private msPerItem: number | undefined;
  private batchMs: number | undefined;

  /** A batch of so many items has kept one instance busy for so long. */
  record(items: number, runMs: number): void {
    this.msPerItem = average(this.msPerItem, runMs / items);
    this.batchMs = average(this.batchMs, runMs);
  }

  /** The mean duration of a run, once there was one. */
  get runMs(): number | undefined {
    return this.batchMs;
  }

  /** Seconds until so many items are worked off by so many instances. */
  drainS(items: number, instances: number): number {
    if (this.msPerItem === undefined) return untilMeasuredS;
    return (items * this.msPerItem) / Math.max(instances, 1) / 1000;
  }
}

function average(mean: number | undefined, newest: number): number {
  return mean === undefined ? newest : mean + weightOfNewest * (newest - mean);
}
