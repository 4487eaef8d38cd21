/** Node's HTTP server around the app: listening, bounds on slow callers, and an end that loses nothing it accepted. */

import { randomUUID } from "node:crypto";
import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { EkibenError } from "../errors.js";
import type { App } from "./app.js";
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
  /** How long a request's body may take to arrive. */
  readonly requestTimeoutMs: number;
}

/** Starts listening. Rejects with Node's error, such as EADDRINUSE. */
export function listen(app: App, { host, port, requestTimeoutMs }: ListenOptions): Promise<Listening> {
  const server = createServer(
    {
      ...alignedPrototypes(app),
      keepAliveTimeout: 75_000,
      headersTimeout: 30_000,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  server.maxRequestsPerSocket = 0;
  server.on("clientError", refuse);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      resolve({
        server,
        port: address.port,
        url: `http://${urlHost(host)}:${address.port}`,
        close: (graceMs) => close(server, graceMs),
      });
    });
  });
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

/** What is no HTTP gets a problem document too. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "headers-too-large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "body-timeout"
        : "malformed-body";
  const id = randomUUID();
  const { status, headers, body } = problemAnswer(new EkibenError(code, requestWords[code]), id);
  const lines = [
    `HTTP/1.1 ${status} ${code}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `x-request-id: ${id}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

const requestWords = {
  "headers-too-large": "The request's headers are larger than 16 KiB.",
  "body-timeout": "The request did not arrive in time.",
  "malformed-body": "This is no HTTP request that can be read.",
} as const;

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
