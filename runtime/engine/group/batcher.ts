/**
 * Which waiting pieces run next, decided from what waits and what time it is. Pure: the group asks it when an instance is
 * idle; while all are busy nobody asks, and batches grow.
 */
export interface BatchPolicy {
  readonly maxBatchSize: number;
  /** How long the oldest may wait for others to join; 0: not at all. */
  readonly maxQueueDelayMs: number;
}

export interface Waiting {
  readonly rows: number;
  /** Pieces of equal buckets can share a run; null: it runs alone. */
  readonly bucket: string | null;
  readonly arrivedMs: number;
}

export type Decision<T> =
  | { readonly kind: "run"; readonly batch: readonly T[] }
  /** Nothing is due: ask again then, or when something arrives. */
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "nothing" };

/**
 * The next batch. `waiting` is in the order of arrival and no piece has more rows than `maxBatchSize`. Of the buckets that
 * are full or whose oldest piece has waited long enough, the one with the oldest piece is served: none starves.
 */
export function nextBatch<T extends Waiting>(waiting: readonly T[], nowMs: number, policy: BatchPolicy): Decision<T> {
  const buckets = new Map<string, number>();
  let untilMs = Number.POSITIVE_INFINITY;
  for (const piece of waiting) {
    if (piece.bucket === null) return { kind: "run", batch: [piece] };
    const dueMs = piece.arrivedMs + policy.maxQueueDelayMs;
    const rows = (buckets.get(piece.bucket) ?? 0) + piece.rows;
    if (dueMs <= nowMs || rows >= policy.maxBatchSize)
      return { kind: "run", batch: fill(waiting, piece.bucket, policy.maxBatchSize) };
    buckets.set(piece.bucket, rows);
    untilMs = Math.min(untilMs, dueMs);
  }
  return untilMs === Number.POSITIVE_INFINITY ? { kind: "nothing" } : { kind: "wait", untilMs };
}

/** Pieces of a bucket from the oldest on, passing over those that do not fit any more; the oldest always fits. */
function fill<T extends Waiting>(waiting: readonly T[], bucket: string, maxBatchSize: number): readonly T[] {
  const batch: T[] = [];
  let rows = 0;
  for (const piece of waiting) {
    if (piece.bucket !== bucket || rows + piece.rows > maxBatchSize) continue;
    batch.push(piece);
    rows += piece.rows;
    if (rows === maxBatchSize) break;
  }
  return batch;
}
