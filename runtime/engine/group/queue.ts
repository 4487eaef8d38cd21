/**
 * What waits for a model: in levels of priority, in turns between callers, in buckets of what can share a run. Pure: it
 * has no clock and starts nothing.
 */
import { Bucket, type BucketKey, type Entry, isGone, isMoreUrgent, isOlder } from "./bucket.js";
import { Heap } from "./heap.js";
import { Turns } from "./turns.js";

export interface Waiting<Self> {
  readonly rows: number;
  readonly bucket: BucketKey;
  /** 0 goes first. */
  readonly priority: number;
  /** Whose it is, where callers take turns. */
  readonly caller: string | undefined;
  /** Its place, while it waits; the queue's to write. */
  entry: Entry<Self> | undefined;
}

/** Rows `from` to `to` (exclusive) of an item. */
export interface Part<T> {
  readonly item: T;
  readonly from: number;
  readonly to: number;
}

interface Level {
  readonly turns: Turns;
  rows: number;
}

/** Says how many rows of a bucket may join a batch that has so many already. */
export type Room<T> = (bucket: Bucket<T>, rows: number) => number;

/** Of so many batches one goes to the item that has waited longest, whatever its priority: nobody starves. */
const oldestEvery = 8;
/** The level of those that waited too long. */
const late = Number.POSITIVE_INFINITY;

/**
 * No Map has the items as its keys. V8 links a Map's table to the one that replaces it when it is full; once one of them is in
 * the old space, all that follow, and with them every item that waited at such a moment, stay until the old space is collected.
 * MLP of 784→10, 16 connections: a scavenge let 1.4 MB live, now 0.1.
 */
export class WaitingQueue<T extends Waiting<T>> {
  private readonly buckets = new Set<Bucket<T>>();
  private readonly named = new Map<string, Bucket<T>>();
  private readonly families = new Map<string, Set<Bucket<T>>>();
  private readonly levels = new Map<number, Level>();
  private readonly byUrgency = new Heap<Entry<T>>(isMoreUrgent, isGone);
  private readonly byArrival = new Heap<Entry<T>>(isOlder, isGone);
  private arrivals = 0;
  private batches = 0;
  private count = 0;

  /** Items of which rows wait. */
  get size(): number {
    return this.count;
  }

  /** Rows that wait at that priority or a more urgent one. */
  rowsBefore(priority: number): number {
    let rows = 0;
    for (const [level, { rows: own }] of this.levels) if (level <= priority) rows += own;
    return rows;
  }

  has(item: T): boolean {
    return item.entry !== undefined;
  }

  /** All that wait, in no order. */
  items(): readonly T[] {
    return this.byArrival.all().map(({ item }) => item);
  }

  allBuckets(): Iterable<Bucket<T>> {
    return this.buckets;
  }

  push(item: T): void {
    this.enter(item, 0, item.priority, this.arrivals++);
  }

  /** Behind everything that is not late; it is served all the same. */
  demote({ entry }: T): void {
    if (entry === undefined || entry.level === late) return;
    this.leave(entry);
    this.enter(entry.item, entry.taken, late, entry.order);
  }

  remove({ entry }: T): void {
    if (entry !== undefined) this.leave(entry);
  }

  /** Whose turn it is. */
  lead(): Entry<T> | undefined {
    return this.batches % oldestEvery === oldestEvery - 1 ? this.oldest() : this.byUrgency.peek();
  }

  /** Who has waited longest. */
  oldest(): Entry<T> | undefined {
    return this.byArrival.peek();
  }

  /**
   * Takes a batch: the lead first, then what shares its bucket, then buckets of its family, the nearest in size first.
   * Of an item that does not fit, the part that does is taken.
   */
  take(lead: Entry<T>, room: Room<T>): readonly Part<T>[] {
    this.batches++;
    const parts: Part<T>[] = [];
    let rows = this.draw(lead, Math.max(1, room(lead.bucket, 0)), parts);
    for (const bucket of [lead.bucket, ...this.relatives(lead.bucket)]) {
      let left = room(bucket, rows);
      for (let next = bucket.peek(); left > 0 && next !== undefined; next = bucket.peek()) {
        const drawn = this.draw(next, left, parts);
        left -= drawn;
        rows += drawn;
      }
    }
    return parts;
  }

  private draw(entry: Entry<T>, room: number, parts: Part<T>[]): number {
    const { item, bucket, taken: from } = entry;
    const rows = Math.min(item.rows - from, room);
    parts.push({ item, from, to: from + rows });
    const level = this.levelOf(entry.level);
    level.turns.serve(entry.place);
    level.rows -= rows;
    bucket.rows -= rows;
    entry.taken += rows;
    if (entry.taken === item.rows) this.leave(entry);
    return rows;
  }

  private enter(item: T, taken: number, priority: number, order: number): void {
    const rows = item.rows - taken;
    const level = this.levelOf(priority);
    const bucket = this.bucketOf(item.bucket);
    const place = item.caller === undefined ? 0 : level.turns.place(item.caller, rows);
    const entry: Entry<T> = { item, bucket, level: priority, place, order, taken, isGone: false };
    level.rows += rows;
    bucket.push(entry, rows);
    item.entry = entry;
    this.count++;
    this.byUrgency.push(entry);
    this.byArrival.push(entry);
  }

  private leave(entry: Entry<T>): void {
    const rows = entry.item.rows - entry.taken;
    entry.isGone = true;
    entry.item.entry = undefined;
    this.count--;
    this.levelOf(entry.level).rows -= rows;
    entry.bucket.drop(rows);
    if (entry.bucket.size === 0) this.forget(entry.bucket);
  }

  private levelOf(priority: number): Level {
    let level = this.levels.get(priority);
    if (level === undefined) {
      level = { turns: new Turns(), rows: 0 };
      this.levels.set(priority, level);
    }
    return level;
  }

  private bucketOf(key: BucketKey): Bucket<T> {
    const known = key.kind === "shared" ? this.named.get(key.name) : undefined;
    if (known !== undefined) return known;
    const bucket = new Bucket<T>(key);
    this.buckets.add(bucket);
    if (key.kind !== "shared") return bucket;
    this.named.set(key.name, bucket);
    if (key.family !== undefined)
      this.families.set(key.family.name, (this.families.get(key.family.name) ?? new Set()).add(bucket));
    return bucket;
  }

  private forget(bucket: Bucket<T>): void {
    const { key } = bucket;
    this.buckets.delete(bucket);
    if (key.kind !== "shared") return;
    this.named.delete(key.name);
    if (key.family === undefined) return;
    const family = this.families.get(key.family.name);
    family?.delete(bucket);
    if (family?.size === 0) this.families.delete(key.family.name);
  }

  private relatives(bucket: Bucket<T>): readonly Bucket<T>[] {
    const { key } = bucket;
    if (key.kind !== "shared" || key.family === undefined) return [];
    const others = [...(this.families.get(key.family.name) ?? [])].filter((other) => other !== bucket);
    return others.sort((a, b) => Math.abs(a.work - bucket.work) - Math.abs(b.work - bucket.work));
  }
}
