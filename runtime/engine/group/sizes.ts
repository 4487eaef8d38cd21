/** How large batches get and how long they may wait to grow: what the spec asks for, and what was measured of the model. */
import type { PlanBatching } from "../../plan/plan.js";
import type { BatchPolicy } from "./batcher.js";
import type { Bucket, Entry } from "./bucket.js";
import type { Room } from "./queue.js";
import type { RunCost } from "./run-cost.js";

/** Two instances share rows when each is then done in less than this part of the time. */
const worthSharing = 0.8;
/** Without measurements so much of a padded run may be padding. */
const mostPadding = 0.25;

export class BatchSizes implements BatchPolicy {
  constructor(
    private readonly batching: PlanBatching,
    private readonly cost: () => RunCost,
    private readonly arrivals: { readonly gapMs: number; readonly lastMs: number },
  ) {}

  dueMs<T>(arrivedMs: number, bucket: Bucket<T>): number {
    const { adaptive, maxQueueDelayMs } = this.batching;
    if (adaptive === undefined) return arrivedMs + maxQueueDelayMs;
    const { gapMs, lastMs } = this.arrivals;
    const runMs = this.cost().predict(bucket.rows * bucket.work) ?? 0;
    const budgetMs = adaptive.maxLatencyMs / 2 - runMs;
    // Who waits for company that does not come, waits for nothing.
    return 2 * gapMs >= budgetMs ? arrivedMs : Math.min(arrivedMs + budgetMs, lastMs + 2 * gapMs);
  }

  isReady<T>(bucket: Bucket<T>): boolean {
    const { preferredBatchSizes: preferred = [] } = this.batching;
    return bucket.rows >= Math.min(preferred[0] ?? Number.POSITIVE_INFINITY, this.mostRows(bucket));
  }

  room<T>(lead: Entry<T>, idle: number): Room<T> {
    const { bucket: first } = lead;
    if (first.key.kind === "whole") return () => Number.POSITIVE_INFINITY;
    const limit = this.rowLimit(first, idle);
    let sizes = first.key.kind === "shared" ? first.key.family?.sizes : undefined;
    let { work } = first;
    return (bucket, rows) => {
      if (bucket === first) return limit - rows;
      if (sizes === undefined || bucket.key.kind !== "shared" || bucket.key.family === undefined) return 0;
      const larger = bucket.key.family.sizes.map((size, axis) => Math.max(size, sizes?.[axis] ?? 0));
      const largerWork = work * ratio(larger, sizes);
      const joining = Math.min(bucket.rows, this.rowsOf(largerWork) - rows);
      if (joining <= 0 || !this.pays(rows, work, joining, bucket.work, largerWork)) return 0;
      sizes = larger;
      work = largerWork;
      return joining;
    };
  }

  /** The most rows that a run of this bucket has, however many wait. */
  private mostRows<T>({ work }: Bucket<T>): number {
    return this.rowsOf(work);
  }

  private rowsOf(work: number): number {
    const { maxBatchSize, adaptive } = this.batching;
    const knee = Math.max(1, Math.floor(this.cost().knee / work));
    const most = Math.min(maxBatchSize, knee);
    return adaptive === undefined ? most : Math.min(most, this.rowsWithin(adaptive.maxLatencyMs / 2, work, most));
  }

  private rowsWithin(ms: number, work: number, most: number): number {
    let rows = most;
    while (rows > 1 && (this.cost().predict(rows * work) ?? 0) > ms) rows = Math.ceil(rows / 2);
    return rows;
  }

  private rowLimit<T>(bucket: Bucket<T>, idle: number): number {
    const { preferredBatchSizes: preferred = [] } = this.batching;
    const most = Math.min(bucket.rows, this.mostRows(bucket));
    const fitting = preferred.filter((size) => size <= most).at(-1);
    return fitting ?? this.shared(most, bucket.work, idle);
  }

  /** Rows for one of the idle instances, where they get done sooner side by side. */
  private shared(rows: number, work: number, idle: number): number {
    const together = this.cost().predict(rows * work);
    if (together === undefined) return rows;
    for (let sharing = Math.min(idle, rows); sharing > 1; sharing--) {
      const part = Math.ceil(rows / sharing);
      const alone = this.cost().predict(part * work);
      if (alone !== undefined && alone <= together * worthSharing) return part;
    }
    return rows;
  }

  /** Whether rows of another size are better padded into a run than run by themselves. */
  private pays(rows: number, work: number, joining: number, joiningWork: number, paddedWork: number): boolean {
    const total = (rows + joining) * paddedWork;
    const before = this.cost().predict(rows * work);
    const after = this.cost().predict(total);
    const apart = this.cost().predict(joining * joiningWork);
    if (before === undefined || after === undefined || apart === undefined)
      return total - rows * work - joining * joiningWork <= mostPadding * total;
    return after - before <= apart;
  }
}

function ratio(larger: readonly number[], sizes: readonly number[]): number {
  return larger.reduce((product, size, axis) => (product * size) / (sizes[axis] ?? size), 1);
}
