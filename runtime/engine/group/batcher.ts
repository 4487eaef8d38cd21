/**
 * Which waiting rows run next, decided from what waits and what time it is. Pure: the group asks when an instance is idle;
 * while all are busy nobody asks, and batches grow.
 */
import type { Bucket, Entry } from "./bucket.js";
import type { Part, Room, Waiting, WaitingQueue } from "./queue.js";

/** When a batch has waited long enough, and how many rows it takes. */
export interface BatchPolicy {
  /** Until when a bucket whose item arrived then may wait for more. */
  dueMs<T>(arrivedMs: number, bucket: Bucket<T>): number;
  /** Whether a bucket need not wait for more. */
  isReady<T>(bucket: Bucket<T>): boolean;
  /** What a batch takes, when so many instances are idle. */
  room<T>(lead: Entry<T>, idle: number): Room<T>;
}

/** Every item at once, by itself, as it is. */
export const oneByOne: BatchPolicy = {
  dueMs: (arrivedMs) => arrivedMs,
  isReady: () => true,
  room: () => () => Number.POSITIVE_INFINITY,
};

export type Decision<T> =
  | { readonly kind: "run"; readonly parts: readonly Part<T>[] }
  /** Nothing is due: ask again then, or when something arrives. */
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "nothing" };

/**
 * The next batch, taken out of the queue: that of the item whose turn it is, or else of the one that has waited longest,
 * or of any that need not wait for more.
 */
export function nextBatch<T extends Waiting<T> & { readonly arrivedMs: number }>(
  queue: WaitingQueue<T>,
  nowMs: number,
  policy: BatchPolicy,
  idle = 1,
): Decision<T> {
  const lead = queue.lead();
  const oldest = queue.oldest();
  if (lead === undefined || oldest === undefined) return { kind: "nothing" };
  const dueMs = policy.dueMs(oldest.item.arrivedMs, oldest.bucket);
  const chosen = isDue(lead, nowMs, policy) ? lead : dueMs <= nowMs ? oldest : readyOf(queue, policy);
  if (chosen === undefined) return { kind: "wait", untilMs: dueMs };
  return { kind: "run", parts: queue.take(chosen, policy.room(chosen, idle)) };
}

function isDue<T extends { readonly arrivedMs: number }>(
  { item, bucket }: Entry<T>,
  nowMs: number,
  policy: BatchPolicy,
): boolean {
  return bucket.key.kind !== "shared" || policy.dueMs(item.arrivedMs, bucket) <= nowMs || policy.isReady(bucket);
}

function readyOf<T extends Waiting<T>>(queue: WaitingQueue<T>, policy: BatchPolicy): Entry<T> | undefined {
  for (const bucket of queue.allBuckets())
    if (bucket.key.kind !== "shared" || policy.isReady(bucket)) return bucket.peek();
  return undefined;
}
