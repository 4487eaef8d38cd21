/** Node's HTTP server around the door: listening, bounds on slow callers, and an end that loses nothing it accepted. */

import { randomUUID } from "node:crypto";
import { createServer, IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { EkibenError } from "../errors.js";
import type { App, Door } from "./app.js";
import { answerDue, Connections } from "./connections.js";
import { problemAnswer } from "./problem.js";

export interface Listening {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Takes no more, and resolves when everything accepted has been answered, or after the grace time, then cut off. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs: number;
  /** How long its headers may; 30 s unless said otherwise. */
  readonly headersTimeoutMs?: number;
  /** For answers that no deployment makes. */
  readonly generation?: () => number;
}

const longestCheckMs = 5_000;

/** Starts listening. Rejects with Node's error, such as EADDRINUSE. */
export function listen(door: Door, options: ListenOptions): Promise<Listening> {
  const { host, port, requestTimeoutMs, headersTimeoutMs = 30_000 } = options;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    request.url = originForm(request.url ?? "/");
    door.handle(request, response);
  };
  const server = createServer(
    {
      ...(door.app === undefined ? {} : alignedPrototypes(door.app)),
      keepAliveTimeout: 75_000,
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(longestCheckMs, headersTimeoutMs),
      // Node's own answer to a request without the header has neither a body nor an id; nothing here needs the header.
      requireHostHeader: false,
    },
    handle,
  );
  const connections = new Connections(server);
  server.maxRequestsPerSocket = 0;
  // A body is only asked for once it is known to be wanted; other expectations are no reason to refuse.
  server.on("checkContinue", handle);
  server.on("checkExpectation", handle);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) =>
    refuse(error, socket, options.generation?.() ?? 0),
  );
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      resolve({
        server,
        port: address.port,
        url: `http://${urlHost(host)}:${address.port}`,
        close: (graceMs) => connections.close(graceMs),
      });
    });
  });
}

/** A target as proxies send it (`http://host/path`) means its path; Express expects every other to begin with a slash. */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)?.[1] ?? target;
  return path.startsWith("/") ? path : `/${path}`;
}

/**
 * Express changes the prototype of each request and response, which halves its speed on Node before 24. Where Node makes
 * them with the prototype that Express wants, nothing is changed: https://github.com/expressjs/express/pull/5998
 */
function alignedPrototypes(app: App): {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
} {
  function Request(this: IncomingMessage, socket: Socket): void {
    Reflect.apply(IncomingMessage, this, [socket]);
  }
  Request.prototype = app.request;
  function Response(this: ServerResponse, request: IncomingMessage, options: unknown): void {
    Reflect.apply(ServerResponse, this, [request, options]);
  }
  Response.prototype = app.response;
  // Node calls them with `new`; they make what the classes make, but for the prototype.
  return {
    IncomingMessage: Request as unknown as typeof IncomingMessage,
    ServerResponse: Response as unknown as typeof ServerResponse,
  };
}

/** What is no HTTP gets a problem document too, after the answers that are due on the connection. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, generation: number): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const due = answerDue(socket);
  const end = (): void => endWith(socket, refusal(error.code, generation));
  // What is wrong follows a request that is whole: its answer comes first.
  if (due instanceof ServerResponse && due.req.complete) due.once("close", end);
  else if (due instanceof ServerResponse && due.headersSent) socket.destroy();
  else end();
}

/** Callers that do not close their half in time are cut off. */
const closeMs = 1_000;

function endWith(socket: Socket, text: string): void {
  socket.end(text);
  const timer = setTimeout(() => socket.destroy(), closeMs);
  socket.once("close", () => clearTimeout(timer));
}

function refusal(errorCode: string | undefined, generation: number): string {
  const code = refusals[errorCode ?? ""] ?? "malformed-body";
  const id = randomUUID();
  const { status, headers, body } = problemAnswer(new EkibenError(code, requestWords[code]), id);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `x-request-id: ${id}`,
    `x-ekiben-generation: ${generation}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const refusals: { readonly [errorCode: string]: keyof typeof requestWords } = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  ERR_HTTP_REQUEST_TIMEOUT: "body-timeout",
};

const requestWords = {
  "headers-too-large": "The request's headers are larger than 16 KiB.",
  "body-timeout": "The request did not arrive in time.",
  "malformed-body": "This is no HTTP request that can be read.",
} as const;

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
