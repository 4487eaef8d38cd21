/** The moments at which something is due for the items of a group, behind one timer: there are as many as items wait. */
import type { Clock } from "../clock.js";
import { Heap } from "./heap.js";

interface Alarm<T> {
  readonly atMs: number;
  readonly item: T;
}

export interface AlarmsParts<T> {
  readonly clock: Clock;
  /** Whether there is no reason any more to ring for an item. */
  readonly isOff: (item: T) => boolean;
  readonly ring: (item: T) => void;
}

export class Alarms<T> {
  private readonly alarms: Heap<Alarm<T>>;
  private timer: { readonly atMs: number; readonly stop: () => void } | undefined;

  constructor(private readonly parts: AlarmsParts<T>) {
    this.alarms = new Heap(
      (a, b) => a.atMs < b.atMs,
      ({ item }) => parts.isOff(item),
    );
  }

  /** Rings for the item at that time, unless it is off by then. */
  at(atMs: number, item: T): void {
    this.alarms.push({ atMs, item });
    this.set();
  }

  /** Some may be off: the timer goes when none is left. */
  check(): void {
    if (this.timer !== undefined && this.alarms.peek() === undefined) this.stop();
  }

  private set(): void {
    const next = this.alarms.peek();
    if (next !== undefined && this.timer !== undefined && this.timer.atMs <= next.atMs) return;
    this.stop();
    if (next === undefined) return;
    const { clock } = this.parts;
    const stop = clock.after(Math.max(0, next.atMs - clock.now()), () => this.ringDue());
    this.timer = { atMs: next.atMs, stop };
  }

  private ringDue(): void {
    this.timer = undefined;
    const nowMs = this.parts.clock.now();
    for (let next = this.alarms.peek(); next !== undefined && next.atMs <= nowMs; next = this.alarms.peek()) {
      this.alarms.shift();
      this.parts.ring(next.item);
    }
    this.set();
  }

  private stop(): void {
    this.timer?.stop();
    this.timer = undefined;
  }
}
