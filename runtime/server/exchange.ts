/** One request and its answer: id, headers, timing, and exactly one end. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { EkibenError, type ErrorCode } from "../errors.js";
import type { Listener } from "../observe/events.js";
import { Stop } from "../stop.js";
import { drain } from "./drain.js";
import { onHangUp } from "./hang-up.js";
import { problemAnswer, toEkibenError } from "./problem.js";

/** Failures of ours that a line of the log for each request would not explain any better. */
const toldElsewhere: ReadonlySet<ErrorCode> = new Set(["deadline-exceeded", "not-ready", "instance-lost"]);

const notListening = (): void => {};

export class Exchange {
  readonly id: string;
  readonly startMs = performance.now();
  readonly path: string;
  readonly query: string;
  /** The route's pattern, for metrics and the log; callers' own paths are never labels. */
  route = "(unknown)";
  generation = 0;
  readonly headers: { [name: string]: string } = {};
  /** Given when the caller leaves before the answer. */
  readonly stop = new Stop();
  readonly #stopListening: () => void;
  #isOver = false;

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
    const leave = (): void => {
      if (!response.writableFinished) this.stop.abort();
      this.#end(response.headersSent ? response.statusCode : 499, undefined);
    };
    response.on("close", leave);
    this.#stopListening = response.socket === null ? onHangUp(request.socket, leave) : notListening;
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  send(status: number, contentType: string, body: string | Buffer, code?: string): void {
    const { response, headers } = this;
    if (response.headersSent || response.destroyed) {
      this.#end(response.headersSent ? response.statusCode : 499, code);
      return;
    }
    const length = Buffer.byteLength(body);
    // A list of names and values: objects of ever other shapes are slow to make and to read.
    const list = ["content-type", contentType, ...this.#own()];
    if (status !== 204) list.push("content-length", String(length));
    for (const name in headers) if (name !== "content-type") list.push(name, headers[name] ?? "");
    response.writeHead(status, list);
    if (this.method === "HEAD") response.end();
    // What is ASCII, Node need not turn into UTF-8.
    else response.end(body, length === body.length ? "latin1" : "utf8");
    drain(this.request);
    this.#end(status, code);
  }

  /** Somebody else writes the answer; its headers are ours, and so is the word of its end. */
  sendElsewhere(): void {
    const own = this.#own();
    for (let at = 0; at < own.length; at += 2) this.response.setHeader(own[at] ?? "", own[at + 1] ?? "");
    for (const [name, value] of Object.entries(this.headers)) this.response.setHeader(name, value);
  }

  fail(thrown: unknown): void {
    const error = toEkibenError(thrown);
    if (error.status >= 500 && !toldElsewhere.has(error.code))
      this.listener({ kind: "request-failed", id: this.id, error: thrown });
    const { status, headers, body } = problemAnswer(error, this.id);
    Object.assign(this.headers, headers);
    this.send(status, "application/problem+json", body, error.code);
  }

  /** Names and values of the headers that every answer has. */
  #own(): readonly string[] {
    return [
      "x-content-type-options",
      "nosniff",
      "x-request-id",
      this.id,
      "x-ekiben-generation",
      String(this.generation),
    ];
  }

  #end(status: number, code: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
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
      code,
    });
  }
}

function saneId(given: string | readonly string[] | undefined): string | undefined {
  return typeof given === "string" && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : undefined;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function knownMethod(method: string): string {
  return methods.has(method) ? method : "OTHER";
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
