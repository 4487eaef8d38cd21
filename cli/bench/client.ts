/** Calls of one server over connections that are kept; what came of each. */
import { Agent as HttpAgent, type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

/** A request, made before the load begins. */
export interface BenchCall {
  /** The example's name, or that it is the command line's. */
  readonly name: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export type Outcome = {
  readonly sentBytes: number;
  readonly receivedBytes: number;
} & (
  | { readonly kind: "answer"; readonly status: number; readonly timing: string | undefined }
  /** No answer; the error's code, such as ECONNRESET. */
  | { readonly kind: "error"; readonly code: string }
);

/** Why a call is no success, in words. */
export interface Problem {
  readonly isAnswered: boolean;
  readonly text: string;
}

export interface ClientOptions {
  /** What has no connection waits for one. */
  readonly connections: number;
  /** A connection on which nothing happens for so long is given up. */
  readonly timeoutMs: number;
}

const explained: OutgoingHttpHeaders = { "x-ekiben-explain": "1" };

export class Client {
  readonly #agent: HttpAgent;
  readonly #request: typeof requestHttp;

  constructor(
    readonly base: URL,
    private readonly options: ClientOptions,
  ) {
    const agent = { keepAlive: true, maxSockets: options.connections, maxFreeSockets: options.connections };
    const isSecure = base.protocol === "https:";
    this.#agent = isSecure ? new HttpsAgent(agent) : new HttpAgent(agent);
    this.#request = isSecure ? requestHttps : requestHttp;
  }

  /** Never fails: what goes wrong is an outcome. */
  call(call: BenchCall, isExplained: boolean): Promise<Outcome> {
    const { method, path, headers, body } = call;
    return new Promise((resolve) => {
      const request = this.#request(this.base, {
        agent: this.#agent,
        method,
        path: joinPath(this.base, path),
        headers: isExplained ? { ...headers, ...explained } : headers,
      });
      const fail = (error: NodeJS.ErrnoException): void =>
        resolve({ kind: "error", code: error.code ?? error.message, sentBytes: 0, receivedBytes: 0 });
      request.setTimeout(this.options.timeoutMs, () => request.destroy(timedOut()));
      request.on("error", fail);
      request.on("response", (response) => read(response, body.length, resolve, fail));
      request.end(body);
    });
  }

  /** Makes a call by itself. Undefined when it is a success. */
  async problem({ method, path, headers, body }: BenchCall): Promise<Problem | undefined> {
    try {
      const answer = await fetch(new URL(joinPath(this.base, path), this.base), {
        method,
        headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
        ...(method === "GET" ? {} : { body: new Uint8Array(body) }),
      });
      const text = await answer.text();
      if (answer.ok) return undefined;
      return { isAnswered: true, text: `${answer.status}, ${detailOf(text).slice(0, 1_000)}` };
    } catch (error) {
      return { isAnswered: false, text: causeOf(error) };
    }
  }

  /** The text of a page, such as the metrics. Throws when it is none. */
  async text(path: string): Promise<string> {
    const response = await fetch(new URL(joinPath(this.base, path), this.base));
    if (!response.ok) throw new Error(`GET ${path} is answered with ${response.status}`);
    return response.text();
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Of several addresses that were tried, the first one's. */
function causeOf(error: unknown): string {
  if (error instanceof AggregateError) return causeOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? causeOf(error.cause) : error.message;
}

/** What a problem document says; of anything else, all of it. */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    return typeof detail === "string" ? detail : text;
  } catch {
    return text;
  }
}

function read(
  response: IncomingMessage,
  sentBytes: number,
  resolve: (outcome: Outcome) => void,
  fail: (error: NodeJS.ErrnoException) => void,
): void {
  let receivedBytes = 0;
  response.on("data", (chunk: Buffer) => {
    receivedBytes += chunk.length;
  });
  response.on("error", fail);
  response.on("end", () => {
    const timing = response.headers["server-timing"];
    const status = response.statusCode ?? 0;
    resolve({
      kind: "answer",
      status,
      sentBytes,
      receivedBytes,
      timing: typeof timing === "string" ? timing : undefined,
    });
  });
}

/** A server may stand below a path of its own. */
function joinPath(base: URL, path: string): string {
  return base.pathname.replace(/\/$/, "") + path;
}

function timedOut(): Error {
  return Object.assign(new Error("no answer in time"), { code: "TIMEOUT" });
}
