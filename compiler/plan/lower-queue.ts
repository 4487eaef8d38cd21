/** How requests wait for a model and meet in its runs, and what it runs before they come, as the Plan has it. */
import type { PlanBatching, PlanModel, PlanQueue, PlanWarmup } from "../../runtime/plan/plan.js";
import type { Model } from "../spec/types.js";

export function planBatching({
  max_batch_size,
  max_queue_delay_ms,
  preferred_batch_sizes,
  adaptive,
  max_latency_ms,
  pad,
}: NonNullable<Model["batching"]>): PlanBatching {
  return {
    maxBatchSize: max_batch_size,
    maxQueueDelayMs: max_queue_delay_ms,
    ...(preferred_batch_sizes === undefined ? {} : { preferredBatchSizes: ascending(preferred_batch_sizes) }),
    ...(adaptive ? { adaptive: { maxLatencyMs: max_latency_ms } } : {}),
    ...(pad === undefined ? {} : { pad }),
  };
}

export function planWarmup(warmup: Model["warmup"]): Pick<PlanModel, "warmup"> {
  if (warmup === undefined || warmup.length === 0) return {};
  return {
    warmup: warmup.map(({ batch_size, inputs }) => ({ batchSize: batch_size, inputs: inputs as PlanWarmup["inputs"] })),
  };
}

export function planQueue({ max_size, timeout_ms, on_timeout, priorities, fair_by }: Model["queue"]): PlanQueue {
  return {
    maxSize: max_size,
    ...(timeout_ms === undefined ? {} : { timeoutMs: timeout_ms }),
    ...(on_timeout === "continue" ? { onTimeout: on_timeout } : {}),
    ...(priorities === 1 ? {} : { priorities }),
    ...(fair_by === undefined ? {} : { fairBy: fair_by }),
  };
}

/** Each once. Where a reference stands among them the order is that of the text. */
export function ascending(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b || 0);
}
