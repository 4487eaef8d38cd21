/** What came of the requests of a run. */
import type { Outcome } from "./client.js";
import { LatencyHistogram } from "./histogram.js";
import { PartsTally } from "./parts.js";

export class Tally {
  /** Of the answers that are a success; a refusal is quick, and says nothing of the others. */
  readonly latency = new LatencyHistogram();
  /** Open loop: from a request's time in the schedule to its sending, which a busy generator delays. */
  readonly lag = new LatencyHistogram();
  readonly parts = new PartsTally();
  readonly statuses = new Map<number, number>();
  readonly errors = new Map<string, number>();
  sentBytes = 0;
  receivedBytes = 0;
  requests = 0;

  add(outcome: Outcome, latencyMs: number): void {
    this.requests++;
    this.sentBytes += outcome.sentBytes;
    this.receivedBytes += outcome.receivedBytes;
    if (outcome.kind === "error") {
      this.errors.set(outcome.code, (this.errors.get(outcome.code) ?? 0) + 1);
      return;
    }
    const { status, timing } = outcome;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (!isSuccess(status)) return;
    this.latency.record(latencyMs);
    if (timing !== undefined) this.parts.add(timing, latencyMs);
  }

  /** Counts what another run counted as well. */
  join(other: Tally): void {
    this.requests += other.requests;
    this.sentBytes += other.sentBytes;
    this.receivedBytes += other.receivedBytes;
    for (const [status, count] of other.statuses) this.statuses.set(status, (this.statuses.get(status) ?? 0) + count);
    for (const [code, count] of other.errors) this.errors.set(code, (this.errors.get(code) ?? 0) + count);
    this.latency.add(other.latency);
    this.lag.add(other.lag);
    this.parts.join(other.parts);
  }

  get succeeded(): number {
    return this.latency.count;
  }

  get failed(): number {
    return this.requests - this.succeeded;
  }
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
