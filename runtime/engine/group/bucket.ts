/** Waiting items that can share a run. */
import { Heap } from "./heap.js";

export type BucketKey =
  /** Run as it is, whatever its rows. */
  | { readonly kind: "whole" }
  /** Cut into batches, shared with nobody. `work`: elements that one row adds to a run. */
  | { readonly kind: "alone"; readonly work: number }
  | {
      readonly kind: "shared";
      readonly name: string;
      readonly work: number;
      /** Buckets of one family can share a run, padded to the largest of these sizes. */
      readonly family?: { readonly name: string; readonly sizes: readonly number[] };
    };

/** An item's place in the queue. */
export interface Entry<T> {
  readonly item: T;
  readonly bucket: Bucket<T>;
  readonly level: number;
  /** Within its level; smaller is earlier. */
  readonly place: number;
  /** Of its arrival. */
  readonly order: number;
  /** Rows that have been taken. */
  taken: number;
  isGone: boolean;
}

export class Bucket<T> {
  /** Rows and items that wait in it. */
  rows = 0;
  size = 0;
  private readonly entries = new Heap<Entry<T>>(isMoreUrgent, isGone);

  constructor(readonly key: BucketKey) {}

  /** Elements that one row adds to a run. */
  get work(): number {
    return this.key.kind === "whole" ? 0 : this.key.work;
  }

  push(entry: Entry<T>, rows: number): void {
    this.rows += rows;
    this.size++;
    this.entries.push(entry);
  }

  /** One of its items has gone, with the rows that it had left. */
  drop(rows: number): void {
    this.rows -= rows;
    this.size--;
  }

  /** The item that comes next. */
  peek(): Entry<T> | undefined {
    return this.entries.peek();
  }
}

/** By level, then by place, then by arrival. */
export function isMoreUrgent<T>(a: Entry<T>, b: Entry<T>): boolean {
  if (a.level !== b.level) return a.level < b.level;
  return a.place === b.place ? a.order < b.order : a.place < b.place;
}

export function isOlder<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.order < b.order;
}

export function isGone<T>(entry: Entry<T>): boolean {
  return entry.isGone;
}
