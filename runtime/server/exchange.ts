/** One request and its answer: id, headers, timing, and exactly one end. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { EkibenError } from "../errors.js";
import type { Listener } from "../observe/events.js";
import { problemAnswer, toEkibenError } from "./problem.js";

export class Exchange {
  readonly id: string;
  readonly startMs = performance.now();
  readonly path: string;
  readonly query: string;
  /** The route's pattern, for metrics and the log; callers' own paths are never labels. */
  route = "(unknown)";
  generation = 0;
  readonly headers: { [name: string]: string } = {};
  readonly #abort = new AbortController();

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly listener: Listener,
  ) {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    this.path = mark === -1 ? url : url.slice(0, mark);
    this.query = mark === -1 ? "" : url.slice(mark + 1);
    this.id = saneId(request.headers["x-request-id"]) ?? randomUUID();
    listener({ kind: "request-begun" });
    response.once("close", () => {
      if (!response.writableFinished) this.#abort.abort();
    });
  }

  /** Fires when the caller leaves before the answer. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  send(status: number, contentType: string, body: string | Buffer, code?: string): void {
    const { response } = this;
    if (response.headersSent || response.destroyed) {
      this.#done(response.headersSent ? response.statusCode : 499, code);
      return;
    }
    response.writeHead(status, {
      "content-type": contentType,
      "content-length": typeof body === "string" ? Buffer.byteLength(body) : body.length,
      ...this.#ownHeaders(),
      ...this.headers,
    });
    response.end(this.method === "HEAD" ? undefined : body);
    this.#done(status, code);
  }

  /** Somebody else writes the answer; its headers are ours, and so is the word of its end. */
  sendElsewhere(): void {
    for (const [name, value] of Object.entries({ ...this.#ownHeaders(), ...this.headers }))
      this.response.setHeader(name, value);
    this.response.once("finish", () => this.#done(this.response.statusCode, undefined));
  }

  fail(thrown: unknown): void {
    const error = toEkibenError(thrown);
    if (error.status >= 500 && error.code !== "deadline-exceeded" && error.code !== "not-ready")
      this.listener({ kind: "request-failed", id: this.id, error: thrown });
    const { status, headers, body } = problemAnswer(error, this.id);
    const { "content-type": contentType = "application/problem+json", ...rest } = headers;
    Object.assign(this.headers, rest);
    if (!this.request.complete) this.headers["connection"] = "close";
    this.send(status, contentType, body, error.code);
  }

  #ownHeaders(): { readonly [name: string]: string } {
    return {
      "x-content-type-options": "nosniff",
      "x-request-id": this.id,
      "x-ekiben-generation": String(this.generation),
    };
  }

  #done(status: number, code: string | undefined): void {
    const { id, method, route, generation } = this;
    const durationMs = performance.now() - this.startMs;
    this.listener({
      kind: "request-done",
      id,
      method: knownMethod(method),
      route,
      status,
      durationMs,
      generation,
      ...(code === undefined ? {} : { code }),
    });
  }
}

function saneId(given: string | readonly string[] | undefined): string | undefined {
  return typeof given === "string" && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : undefined;
}

function knownMethod(method: string): string {
  return ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(method) ? method : "OTHER";
}

/** A caller's deadline in milliseconds, where it named one. */
export function deadlineOf(request: IncomingMessage): number | undefined {
  const header = request.headers["x-ekiben-deadline-ms"];
  if (header === undefined) return undefined;
  const value = typeof header === "string" && /^\d{1,9}$/.test(header) ? Number(header) : 0;
  if (value < 1)
    throw new EkibenError(
      "bad-header",
      "The header x-ekiben-deadline-ms takes a whole number of milliseconds from 1 up.",
    );
  return value;
}
