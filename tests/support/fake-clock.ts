/** A clock that stands still until the test moves it. */
import type { Clock } from "../../runtime/engine/clock.js";

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  private nowMs = 0;
  private readonly timers = new Set<Timer>();
  private arrivals: (() => void)[] = [];

  now(): number {
    return this.nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  soon(callback: () => void): void {
    this.arrivals.push(callback);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.timers.size;
  }

  /** Lets promises settle, and what wanted to be called soon be called. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const arrivals = this.arrivals;
    this.arrivals = [];
    for (const callback of arrivals) callback();
    if (arrivals.length > 0) await this.settle();
  }

  /** Moves on, timer by timer. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (let timer = this.next(untilMs); timer !== undefined; timer = this.next(untilMs)) {
      this.timers.delete(timer);
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      timer.callback();
      await this.settle();
    }
    this.nowMs = untilMs;
  }

  private next(untilMs: number): Timer | undefined {
    const due = [...this.timers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}
