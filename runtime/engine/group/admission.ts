/** Who may wait: the queue is bounded, and who could not be answered in time is told so at once, not when the time is up. */
import type { PlanQueue } from "../../plan/plan.js";
import type { Throughput } from "./throughput.js";

/** What an item would meet. */
export interface Arrival {
  readonly rows: number;
  readonly priority: number;
  /** Milliseconds that are left to it. */
  readonly leftMs: number;
  readonly waitingItems: number;
  /** Rows that wait at its priority or a more urgent one. */
  readonly rowsBefore: number;
  readonly busy: number;
  /** How long the run has gone on that began first. */
  readonly longestRunMs: number;
  readonly instances: number;
}

export type Verdict =
  | { readonly kind: "admitted" }
  | { readonly kind: "refused"; readonly why: "full" | "too-late"; readonly retryAfterS: number };

const admitted: Verdict = { kind: "admitted" };

export function judge(arrival: Arrival, queue: PlanQueue, throughput: Throughput): Verdict {
  const { rowsBefore, instances, waitingItems, busy, longestRunMs, leftMs } = arrival;
  if (waitingItems >= roomOf(arrival.priority, queue))
    return { kind: "refused", why: "full", retryAfterS: throughput.drainS(Math.max(rowsBefore, 1), instances) };
  // Whoever finds an idle instance is run, whatever was measured before.
  if (busy < instances && waitingItems === 0) return admitted;
  const answerMs = throughput.answerMs(arrival.rows, { rows: rowsBefore, busy, longestRunMs, instances });
  if (answerMs === undefined || answerMs <= leftMs) return admitted;
  return { kind: "refused", why: "too-late", retryAfterS: (answerMs - leftMs) / 1000 };
}

/** The less urgent an item, the less of the queue it may fill: the last places are kept for the most urgent. */
export function roomOf(priority: number, { maxSize, priorities = 1 }: PlanQueue): number {
  return Math.max(1, Math.ceil((maxSize * (priorities - priority)) / priorities));
}
