/** Settings of models and endpoints that the environment may have given: a start with a wrong one is refused by its name. */
import { EkibenError } from "../errors.js";
import type { DeviceName, Plan, PlanCache, PlanEndpoint, PlanModel, PlanSession } from "../plan/plan.js";
import { parseSize } from "../plan/size.js";

const deviceNames = ["cpu", "cuda", "tensorrt", "webgpu"] as const satisfies readonly DeviceName[];
const optimizations = [
  "disabled",
  "basic",
  "extended",
  "layout",
  "all",
] as const satisfies readonly PlanSession["graphOptimization"][];
const executionModes = ["sequential", "parallel"] as const satisfies readonly PlanSession["executionMode"][];

/** `plan` is resolved. Throws `not-ready` for the first that is wrong, without its value. */
export function checkSettings(plan: Plan): void {
  const limit = plan.server.memoryLimitBytes ?? 0;
  if (typeof limit === "object" || parseSize(limit) === undefined)
    throw wrong("server.memory_limit", "a number of bytes, or a size such as 8gb");
  for (const [name, model] of Object.entries(plan.models)) checkModel(`models.${name}`, model);
  for (const [index, endpoint] of plan.endpoints.entries()) checkEndpoint(`endpoints.${index}`, endpoint);
}

function checkModel(at: string, model: PlanModel): void {
  const { devices, instances, session, isolation, residency, batching, queue, cache, sequence } = model;
  for (const device of devices) oneOf(`${at}.devices`, device, deviceNames);
  for (const { count } of instances) whole(`${at}.instances`, count);
  whole(`${at}.session.intra_op_threads`, session.intraOpThreads ?? 1);
  whole(`${at}.session.inter_op_threads`, session.interOpThreads ?? 1);
  oneOf(`${at}.session.graph_optimization`, session.graphOptimization, optimizations);
  oneOf(`${at}.session.execution_mode`, session.executionMode, executionModes);
  oneOf(`${at}.session.memory_pattern`, session.memoryPattern, [true, false]);
  oneOf(`${at}.session.cpu_memory_arena`, session.cpuMemoryArena, [true, false]);
  oneOf(`${at}.isolation`, isolation ?? "thread", ["thread", "process"]);
  oneOf(`${at}.residency`, residency ?? "always", ["always", "on_demand"]);
  whole(`${at}.batching.max_batch_size`, batching?.maxBatchSize ?? 1);
  number(`${at}.batching.max_queue_delay_ms`, batching?.maxQueueDelayMs ?? 0, 0);
  for (const size of batching?.preferredBatchSizes ?? []) whole(`${at}.batching.preferred_batch_sizes`, size);
  number(`${at}.batching.max_latency_ms`, batching?.adaptive?.maxLatencyMs ?? 1, 1);
  for (const value of Object.values(batching?.pad ?? {})) number(`${at}.batching.pad`, value, Number.NEGATIVE_INFINITY);
  whole(`${at}.queue.max_size`, queue.maxSize);
  whole(`${at}.queue.priorities`, queue.priorities ?? 1);
  number(`${at}.queue.timeout_ms`, queue.timeoutMs ?? 1, 0);
  checkCache(`${at}.cache`, cache);
  number(`${at}.sequence.idle_timeout_s`, sequence?.idleTimeoutS ?? 1, 0);
  whole(`${at}.sequence.max_sequences`, sequence?.maxSequences ?? 1);
  number(`${at}.sequence.max_bytes`, sequence?.maxBytes ?? 0, 0);
}

function checkEndpoint(at: string, { timeoutMs, maxConcurrency, cache }: PlanEndpoint): void {
  number(`${at}.timeout_ms`, timeoutMs ?? 1, 1);
  whole(`${at}.max_concurrency`, maxConcurrency ?? 1);
  checkCache(`${at}.cache`, cache);
}

function checkCache(at: string, cache: PlanCache | undefined): void {
  if (cache === undefined) return;
  number(`${at}.max_bytes`, cache.maxBytes, 0);
  number(`${at}.ttl_s`, cache.ttlS, 0);
}

function whole(field: string, value: unknown): void {
  if (!(Number.isInteger(value) && Number(value) >= 1)) throw wrong(field, "a whole number from 1 up");
}

function number(field: string, value: unknown, least: number): void {
  if (!(typeof value === "number" && value >= least)) throw wrong(field, `a number from ${least} up`);
}

function oneOf(field: string, value: unknown, choices: readonly unknown[]): void {
  if (!choices.includes(value)) throw wrong(field, `one of ${choices.join(", ")}`);
}

function wrong(field: string, expected: string): EkibenError {
  return new EkibenError("not-ready", `"${field}" must be ${expected}, and the environment gives another value.`);
}
