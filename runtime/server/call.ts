/** A call of an endpoint: body to values, values through the engine, values to an answer. */
import { EkibenError } from "../errors.js";
import type { WireRequest } from "../protocols/protocol.js";
import { readBody } from "./body.js";
import type { Deployment, Route } from "./deployment.js";
import { deadlineOf, type Exchange } from "./exchange.js";

export async function callEndpoint(
  exchange: Exchange,
  route: Route,
  deployment: Deployment,
  mayExplain: boolean,
): Promise<void> {
  const { endpoint, contract, protocol } = route;
  const { request, headers } = exchange;
  if (endpoint.maxConcurrency !== undefined && route.active >= endpoint.maxConcurrency) {
    throw new EkibenError(
      "queue-full",
      `${endpoint.maxConcurrency} requests are being answered here, which is the most (max_concurrency).`,
    );
  }
  route.active++;
  try {
    const timeoutMs = Math.min(route.timeoutMs, deadlineOf(request) ?? route.timeoutMs);
    const body = await readBody(exchange, deployment.settings.bodyLimitBytes);
    const values = await protocol.decode(toWire(exchange, body), contract);
    const timing = mayExplain && request.headers["x-ekiben-explain"] === "1" ? new Timing() : undefined;
    const left = timeoutMs - (performance.now() - exchange.startMs);
    const outputs = await deployment.engine.infer(endpoint.graph, values, {
      signal: exchange.signal,
      timeoutMs: Math.max(1, Math.ceil(left)),
      ...(timing === undefined ? {} : { onNode: timing.onNode }),
    });
    const answer = await protocol.encode(outputs, request.headers.accept ?? "", contract);
    if (timing !== undefined) headers["server-timing"] = timing.print(performance.now() - exchange.startMs);
    exchange.send(200, answer.contentType, answer.body);
  } finally {
    route.active--;
  }
}

function toWire(exchange: Exchange, body: Buffer): WireRequest {
  const header = exchange.request.headers["content-type"] ?? "";
  return {
    method: exchange.method,
    contentType: mediaType(header),
    contentTypeHeader: header,
    accept: exchange.request.headers.accept ?? "",
    query: new URLSearchParams(exchange.query),
    body,
  };
}

function mediaType(header: string): string {
  if (header === "application/json") return header;
  const end = header.indexOf(";");
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** When each step began and ended, for `Server-Timing`. */
class Timing {
  readonly #entries: string[] = [];

  readonly onNode = (id: string, startMs: number, endMs: number): void => {
    if (this.#entries.length < 100) this.#entries.push(`${id};dur=${(endMs - startMs).toFixed(2)}`);
  };

  print(totalMs: number): string {
    return [...this.#entries, `total;dur=${totalMs.toFixed(2)}`].join(", ");
  }
}
