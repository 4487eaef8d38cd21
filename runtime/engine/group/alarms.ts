/** The moments at which something of a group is due, behind one timer: there are as many as items wait. */
import type { Clock } from "../clock.js";
import { Heap } from "./heap.js";

interface Alarm {
  readonly atMs: number;
  readonly isOff: () => boolean;
  readonly ring: () => void;
}

export class Alarms {
  private readonly alarms = new Heap<Alarm>(
    (a, b) => a.atMs < b.atMs,
    ({ isOff }) => isOff(),
  );
  private timer: { readonly atMs: number; readonly stop: () => void } | undefined;

  constructor(private readonly clock: Clock) {}

  /** Rings once at that time, unless it is off by then. */
  at(atMs: number, ring: () => void, isOff: () => boolean): void {
    this.alarms.push({ atMs, isOff, ring });
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
    const stop = this.clock.after(Math.max(0, next.atMs - this.clock.now()), () => this.ringDue());
    this.timer = { atMs: next.atMs, stop };
  }

  private ringDue(): void {
    this.timer = undefined;
    const nowMs = this.clock.now();
    for (let next = this.alarms.peek(); next !== undefined && next.atMs <= nowMs; next = this.alarms.peek()) {
      this.alarms.shift();
      next.ring();
    }
    this.set();
  }

  private stop(): void {
    this.timer?.stop();
    this.timer = undefined;
  }
}
