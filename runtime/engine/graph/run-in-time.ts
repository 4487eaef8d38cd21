/** A run of a graph for one caller: it ends when it is done, when its caller leaves, or when it is too late. */
import { EkibenError } from "../../errors.js";
import { Stop, type StopSignal } from "../../stop.js";
import type { ValueRecord } from "../../values/value.js";
import type { Clock } from "../clock.js";
import type { InferOptions } from "../engine.js";
import type { RequestVersions } from "../versions/request-versions.js";
import type { RunContext, RunGraph } from "./interpreter.js";
import { abortError } from "./interpreter.js";

/** When it ends early, what still runs for it is called off. */
export function runInTime(
  run: RunGraph,
  inputs: ValueRecord,
  options: InferOptions,
  clock: Clock,
  versions: RequestVersions | undefined,
): Promise<ValueRecord> {
  const { signal: outer, timeoutMs } = options;
  if (outer?.aborted === true) return Promise.reject(abortError(outer));
  const stop = new Stop();
  const context = contextOf(stop, options, clock, versions);
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stopClock?.();
      outer?.removeEventListener("abort", leave);
    };
    const fail = (error: unknown): void => {
      end();
      stop.abort(error);
      reject(error);
    };
    const leave = (): void => fail(abortError(stop));
    const stopClock = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => fail(tooLate(timeoutMs)));
    outer?.addEventListener("abort", leave);
    run(inputs, context).then((outputs) => {
      end();
      resolve(outputs);
    }, fail);
  });
}

/** Without a spread for each that may be absent: this is made for every request. */
function contextOf(
  signal: StopSignal,
  { timeoutMs, priority, caller, sequence, onNode, onFeeds, onModel, onCache }: InferOptions,
  clock: Clock,
  versions: RequestVersions | undefined,
): RunContext {
  const context: { -readonly [K in keyof RunContext]: RunContext[K] } = { signal, now: () => clock.now() };
  if (timeoutMs !== undefined) context.deadlineMs = clock.now() + timeoutMs;
  if (priority !== undefined) context.priority = priority;
  if (caller !== undefined) context.caller = caller;
  if (sequence !== undefined) context.sequence = sequence;
  if (onNode !== undefined) context.onNode = onNode;
  if (onFeeds !== undefined) context.onFeeds = onFeeds;
  if (onModel !== undefined) context.onModel = onModel;
  if (onCache !== undefined) context.onCache = onCache;
  if (versions !== undefined) context.versions = versions;
  return context;
}

function tooLate(timeoutMs: number): EkibenError {
  return new EkibenError("deadline-exceeded", `The answer was not ready within ${timeoutMs} ms.`);
}
