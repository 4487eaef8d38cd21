/**
 * How many requests a route is answering, how fast they leave it, and who may come in. By Little's law whoever comes now
 * waits for as long as those before take to leave; where that is too long it is said at once. One that lingers, such as a body
 * that comes slowly or a run without end, is not before those who overtake it. Outlives reloads.
 */
import { EkibenError } from "../errors.js";

/** So much of the time that a caller has may be spent waiting for others. */
const usableShare = 0.66;
/** Answers that take so many times the least are such as wait for one another. */
const waitingFrom = 2;
/** What leaves is counted for so long at least, and so many. */
const windowMs = 250;
const windowLeaves = 20;
/** What left before says nothing of those that come once nobody has left for so long, and for so many times the usual. */
const stallMs = 1_000;
const stallLeaves = 8;
/** Of a new latency in the mean, and of a larger one in the least. */
const weightOfNewest = 0.1;

export interface Arrival {
  readonly nowMs: number;
  /** Milliseconds after which its answer is of no use. */
  readonly timeoutMs: number;
  readonly maxConcurrency: number | undefined;
}

export interface Departure {
  readonly nowMs: number;
  readonly tookMs: number;
  readonly hasBegun: boolean;
  /** Those that fail say nothing of how long an answer takes. */
  readonly isAnswered: boolean;
}

export class RouteLoad {
  /** Those whose bodies have come. */
  private active = 0;
  /** The number of the last that came in. */
  private newest = 0;
  /** Those that came in and that no later one was answered before, in order. */
  private readonly ahead = new Set<number>();
  private lastLeaveMs = 0;
  private meanMs = 0;
  /** Whether a window has gone by since nobody waited: only while there is always somebody does what leaves say how much can. */
  private isMeasured = false;
  /** Of the last whole window. */
  private leavesPerMs = 0;
  /** The least latency of windows in which nobody was refused. */
  private leastMs = 0;
  private window = newWindow(0);

  /**
   * Lets a request in and gives its number, with which it must `leave`. Throws `queue-full` when as many as may be are being
   * answered, or too many are there to be in time.
   */
  enter({ nowMs, timeoutMs, maxConcurrency }: Arrival): number {
    this.checkPlaces(maxConcurrency);
    if (this.ahead.size === 0 || this.isStalled(nowMs)) {
      this.isMeasured = false;
      this.window = newWindow(nowMs);
      this.lastLeaveMs = nowMs;
    }
    const usableMs = Math.max(timeoutMs * usableShare, this.leastMs * waitingFrom);
    const waitMs = this.ahead.size / this.leavesPerMs;
    if (this.isMeasured && waitMs > usableMs) {
      this.window.isCrowded = true;
      const retryAfterS = (waitMs - usableMs) / 1000;
      const message = "So many requests are being answered here that the answer would come too late.";
      throw new EkibenError("queue-full", message, { retryAfterS });
    }
    this.ahead.add(++this.newest);
    return this.newest;
  }

  /** Gives one that is in its place, once its body has come; `leave` must be told so. Throws `queue-full` when there is none. */
  begin(maxConcurrency: number | undefined): void {
    this.checkPlaces(maxConcurrency);
    this.active++;
  }

  leave(request: number, { nowMs, tookMs, hasBegun, isAnswered }: Departure): void {
    if (hasBegun) this.active--;
    this.ahead.delete(request);
    if (!isAnswered) return;
    for (const before of this.ahead) {
      if (before > request) break;
      this.ahead.delete(before);
    }
    this.lastLeaveMs = nowMs;
    this.meanMs += weightOfNewest * (tookMs - this.meanMs);
    this.window.leaves++;
    this.window.leastMs = Math.min(this.window.leastMs, tookMs);
    if (nowMs - this.window.fromMs >= windowMs && this.window.leaves >= windowLeaves) this.endWindow(nowMs);
  }

  private checkPlaces(most: number | undefined): void {
    if (most === undefined || this.active < most) return;
    const message = `${most} requests are being answered here, which is the most (max_concurrency).`;
    throw new EkibenError("queue-full", message, { retryAfterS: this.meanMs / 1000 });
  }

  private isStalled(nowMs: number): boolean {
    return this.isMeasured && nowMs - this.lastLeaveMs > Math.max(stallMs, stallLeaves / this.leavesPerMs);
  }

  private endWindow(nowMs: number): void {
    const { fromMs, leaves, leastMs, isCrowded } = this.window;
    this.leavesPerMs = leaves / (nowMs - fromMs);
    this.isMeasured = true;
    if (!isCrowded && leastMs > this.leastMs) this.leastMs += weightOfNewest * (leastMs - this.leastMs);
    else if (!isCrowded) this.leastMs = leastMs;
    this.window = newWindow(nowMs);
  }
}

interface Window {
  readonly fromMs: number;
  leaves: number;
  leastMs: number;
  isCrowded: boolean;
}

function newWindow(fromMs: number): Window {
  return { fromMs, leaves: 0, leastMs: Number.POSITIVE_INFINITY, isCrowded: false };
}
