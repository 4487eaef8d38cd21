/** A call of an endpoint: body to values, values through the engine, values to an answer. */
import type { InferOptions } from "../engine/engine.js";
import type { PlanEndpoint } from "../plan/plan.js";
import type { WireRequest } from "../protocols/protocol.js";
import { readBody } from "./body.js";
import type { BodyMemory } from "./body-memory.js";
import { CacheHeader } from "./cache-header.js";
import { callerOf, priorityOf, sequenceOf } from "./caller.js";
import type { Deployment, Route } from "./deployment.js";
import { deadlineOf, type Exchange } from "./exchange.js";
import { ServerTiming } from "./server-timing.js";

export interface CallOptions {
  /** Of all requests of the server. */
  readonly bodies: BodyMemory;
  /** Whether the caller may ask for timings. */
  readonly mayExplain: boolean;
}

export async function callEndpoint(
  exchange: Exchange,
  route: Route,
  deployment: Deployment,
  { bodies, mayExplain }: CallOptions,
): Promise<void> {
  const { endpoint, contract, protocol } = route;
  const { request, headers } = exchange;
  const deadlineMs = deadlineOf(request);
  const timeoutMs = Math.min(route.timeoutMs, deadlineMs ?? route.timeoutMs);
  const number = route.load.enter({ nowMs: exchange.startMs, timeoutMs, maxConcurrency: endpoint.maxConcurrency });
  const claim = bodies.claim();
  let [hasBegun, isAnswered] = [false, false];
  try {
    const priority = priorityOf(request);
    const sequence = route.takesSequence ? sequenceOf(request) : undefined;
    const limits = { bytes: deployment.settings.bodyLimitBytes, ms: deadlineMs && timeoutMs };
    const body = await readBody(exchange, limits, claim);
    route.load.begin(endpoint.maxConcurrency);
    hasBegun = true;
    const decoded = protocol.decode(toWire(exchange, body), contract);
    const values = decoded instanceof Promise ? await decoded : decoded;
    const timing = mayExplain && request.headers["x-ekiben-explain"] === "1" ? new ServerTiming() : undefined;
    const left = timeoutMs - (performance.now() - exchange.startMs);
    const cache = route.isCached ? new CacheHeader() : undefined;
    const options = optionsOf(exchange, endpoint, Math.max(1, Math.ceil(left)), timing, cache);
    if (priority !== undefined) options.priority = priority;
    if (sequence !== undefined) options.sequence = sequence;
    const outputs = await deployment.engine.infer(endpoint.graph, values, options);
    const encoded = protocol.encode(outputs, request.headers.accept ?? "", contract);
    const answer = encoded instanceof Promise ? await encoded : encoded;
    const cached = cache?.print();
    if (cached !== undefined) headers["x-ekiben-cache"] = cached;
    if (timing !== undefined) headers["server-timing"] = timing.print(performance.now() - exchange.startMs);
    exchange.send(200, answer.contentType, answer.body);
    isAnswered = true;
  } finally {
    claim.release();
    const nowMs = performance.now();
    route.load.leave(number, { nowMs, tookMs: nowMs - exchange.startMs, hasBegun, isAnswered });
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function optionsOf(
  { request, stop, headers }: Exchange,
  endpoint: PlanEndpoint,
  timeoutMs: number,
  timing: ServerTiming | undefined,
  cache: CacheHeader | undefined,
): Writable<InferOptions> {
  const options: Writable<InferOptions> = {
    signal: stop,
    timeoutMs,
    caller: callerOf(request),
    endpoint,
    headers: request.headers,
    onVersion: (model, version) => tellVersion(headers, model, version),
  };
  if (cache !== undefined)
    options.onCache = (owner, use) => {
      cache.onCache(owner, use);
      timing?.onCache(owner, use);
    };
  if (timing === undefined) return options;
  options.onNode = timing.onNode;
  options.onModel = timing.onModel;
  return options;
}

/** Which version of each model answers, where versions share traffic. */
function tellVersion(headers: Exchange["headers"], model: string, version: string): void {
  const told = headers["x-ekiben-version"];
  headers["x-ekiben-version"] = `${told === undefined ? "" : `${told}, `}${model}=${version}`;
}

function toWire(exchange: Exchange, body: Buffer): WireRequest {
  const header = exchange.request.headers["content-type"] ?? "";
  return {
    method: exchange.method,
    contentType: mediaType(header),
    contentTypeHeader: header,
    accept: exchange.request.headers.accept ?? "",
    query: exchange.query === "" ? noQuery : new URLSearchParams(exchange.query),
    body,
  };
}

const noQuery = new URLSearchParams();

function mediaType(header: string): string {
  if (header === "application/json") return header;
  const end = header.indexOf(";");
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}
