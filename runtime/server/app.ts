/** The Express app: the routes that every server has, and the current deployment's endpoints. The one file that imports express. */
import type { RequestListener } from "node:http";
import type { ErrorRequestHandler, Express } from "express";
import { EkibenError } from "../errors.js";
import { lazy } from "../lazy.js";
import type { Metrics } from "../observe/metrics.js";
import type { BodyMemory } from "./body-memory.js";
import { callEndpoint } from "./call.js";
import { allowOrigin, isPreflight } from "./cors.js";
import type { Deployment, Route } from "./deployment.js";
import { docsHandler, isDocs } from "./docs.js";
import { Exchange } from "./exchange.js";
import type { Host } from "./host.js";
import type { DevRoutes } from "./page/routes.js";
import { readiness, versions } from "./status.js";
import { Turns } from "./turns.js";

export type App = Express;

export interface AppOptions {
  readonly host: Host;
  readonly metrics: Metrics;
  /** What the bodies of all requests may take. */
  readonly bodies: BodyMemory;
  /** The page at `/` and what it asks for; without it `/` leads to the docs. */
  readonly dev?: DevRoutes;
  /** Whether callers may always ask for timings, as in `dev`. */
  readonly explain?: boolean;
}

/** An app without routes, for those who add some of their own before the service's. */
export function bareApp(): App {
  const express = require("express") as typeof import("express");
  const app = express();
  app.disable("x-powered-by");
  return app;
}

/** What an HTTP server calls. */
export interface Door {
  readonly handle: RequestListener;
  /** The app that every request goes through, where there is one. */
  readonly app?: App;
}

/**
 * The service's routes, on an app that may have others; they answer everything that comes as far as them. Where nothing
 * stands before them, only the docs need Express, which costs as much as all the rest of a small request, and is loaded then.
 */
export function createDoor(options: AppOptions, app?: App): Door {
  const begin = answerInTurns(options);
  if (app !== undefined && app.router.stack.length > 0) return { handle: addRoutes(options, app, begin), app };
  const docs = lazy(() => addRoutes(options, app ?? bareApp(), begin));
  const handle: RequestListener = (request, response) => {
    if (request.url?.startsWith("/docs") === true) docs()(request, response);
    else begin(new Exchange(request, response, options.host.listener));
  };
  return { handle };
}

function answerInTurns(options: AppOptions): (exchange: Exchange) => void {
  const turns = new Turns();
  return (exchange) =>
    turns.begin(() => {
      // Nothing would say any more that a caller left who did so while he waited for his turn.
      if (!exchange.stop.aborted) void answer(exchange, options);
    });
}

function addRoutes(options: AppOptions, app: App, begin: (exchange: Exchange) => void): App {
  const docs = docsHandler();
  app.use((request, response) => {
    const exchange = new Exchange(request, response, options.host.listener);
    if (isDocs(exchange.path)) docs(exchange, request, response, options.host.current?.generation ?? 0);
    else begin(exchange);
  });
  const failed: ErrorRequestHandler = (error, request, response, _next) =>
    new Exchange(request, response, options.host.listener).fail(describeForeign(error));
  app.use(failed);
  return app;
}

/** What a route or middleware of others threw; Express's own body parsers say by a status that the caller is at fault. */
function describeForeign(error: unknown): unknown {
  if (error instanceof EkibenError) return error;
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  return status >= 400 && status < 500
    ? new EkibenError("malformed-body", "The request cannot be read.", { cause: error })
    : error;
}

async function answer(exchange: Exchange, options: AppOptions): Promise<void> {
  const { host, dev } = options;
  const deployment = host.current;
  exchange.generation = deployment?.generation ?? 0;
  if (host.isClosing) exchange.headers["connection"] = "close";
  deployment?.retain();
  try {
    const devRoute = dev?.find(exchange, deployment);
    if (devRoute === undefined) await route(exchange, deployment, options);
    else await devRoute(exchange, deployment);
  } catch (error) {
    exchange.fail(error);
  } finally {
    deployment?.release();
  }
}

function route(exchange: Exchange, deployment: Deployment | undefined, options: AppOptions): void | Promise<void> {
  const { path } = exchange;
  const methods = deployment?.routes.get(path);
  if (deployment !== undefined && methods !== undefined) {
    exchange.route = path;
    return callRoute(exchange, deployment, methods, options);
  }
  const builtIn =
    builtInRoutes.get(path) ??
    (path === (deployment?.plan.observability.metrics.path ?? "/metrics") ? metricsRoute : undefined);
  if (builtIn === undefined) throw deployment === undefined ? nothingServed() : notFound();
  exchange.route = path;
  if (exchange.method === "OPTIONS") return sendAllowed(exchange, readOnly);
  if (!readOnly.includes(exchange.method)) throw notAllowed(readOnly);
  return builtIn(exchange, deployment, options);
}

function callRoute(
  exchange: Exchange,
  deployment: Deployment,
  methods: ReadonlyMap<string, Route>,
  { bodies, explain = false }: AppOptions,
): void | Promise<void> {
  const { method } = exchange;
  const { corsOrigins } = deployment.settings;
  if (corsOrigins.length > 0) allowOrigin(exchange, corsOrigins);
  const found = methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined);
  if (found !== undefined)
    return callEndpoint(exchange, found, deployment, {
      bodies,
      mayExplain: explain || deployment.plan.observability.explain,
    });
  const allowed = [...methods.keys(), ...(methods.has("GET") ? ["HEAD"] : [])];
  if (method !== "OPTIONS") throw notAllowed(allowed);
  if (isPreflight(exchange, corsOrigins)) exchange.send(204, "text/plain", "");
  else sendAllowed(exchange, allowed);
}

const readOnly = ["GET", "HEAD"];

function sendAllowed(exchange: Exchange, methods: readonly string[]): void {
  exchange.headers["allow"] = [...methods, "OPTIONS"].join(", ");
  exchange.send(204, "text/plain", "");
}

function notAllowed(methods: readonly string[]): EkibenError {
  const allow = [...methods, "OPTIONS"];
  return new EkibenError("method-not-allowed", `This address takes ${allow.join(", ")}.`, { allow });
}

function notFound(): EkibenError {
  return new EkibenError("not-found", "There is nothing at this address; GET /docs lists what there is.");
}

function nothingServed(): EkibenError {
  return new EkibenError("not-ready", "The spec has mistakes, and nothing is served yet.");
}

type BuiltIn = (exchange: Exchange, deployment: Deployment | undefined, options: AppOptions) => void | Promise<void>;

const openApiRoute: BuiltIn = (exchange, deployment) => {
  if (deployment === undefined) throw nothingServed();
  exchange.send(200, "application/json", deployment.openApi);
};

const readinessRoute: BuiltIn = (exchange, _deployment, { host }) => {
  const { ready, document } = readiness(host);
  exchange.send(ready ? 200 : 503, "application/json", JSON.stringify(document));
};

const metricsRoute: BuiltIn = async (exchange, _deployment, { metrics }) =>
  exchange.send(200, metrics.contentType, await metrics.print());

const versionRoute: BuiltIn = (exchange, deployment, { host }) =>
  exchange.send(200, "application/json", JSON.stringify(versions(deployment, host.machine.memory)));

const rootRoute: BuiltIn = (exchange) => {
  exchange.headers["location"] = "/docs";
  exchange.send(302, "text/plain", "The documentation is at /docs.\n");
};

const builtInRoutes: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ["/", rootRoute],
  ["/openapi.json", openApiRoute],
  ["/docs.json", openApiRoute],
  ["/livez", (exchange) => exchange.send(200, "application/json", '{"live":true}')],
  ["/readyz", readinessRoute],
  ["/healthz", readinessRoute],
  ["/version", versionRoute],
]);
