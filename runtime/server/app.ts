/** The Express app: the routes that every server has, and the current deployment's endpoints. The one file that imports express. */
import express, { type ErrorRequestHandler } from "express";
import { EkibenError } from "../errors.js";
import type { Metrics } from "../observe/metrics.js";
import { callEndpoint } from "./call.js";
import { allowOrigin, isPreflight } from "./cors.js";
import type { Deployment } from "./deployment.js";
import { docsHandler, isDocs } from "./docs.js";
import { Exchange } from "./exchange.js";
import type { Host } from "./host.js";
import { readiness, versions } from "./status.js";

export type App = ReturnType<typeof express>;

export interface AppOptions {
  readonly host: Host;
  readonly metrics: Metrics;
  /** What `/` gives; without one it leads to the docs. */
  readonly page?: (exchange: Exchange) => boolean;
  /** Whether callers may always ask for timings, as in `dev`. */
  readonly explain?: boolean;
}

/** An app without routes, for those who add some of their own before the service's. */
export function bareApp(): App {
  const app = express();
  app.disable("x-powered-by");
  return app;
}

/** The service's routes, on an app that may have others; they answer everything that comes as far as them. */
export function createApp(options: AppOptions, app: App = bareApp()): App {
  const docs = docsHandler();
  app.use((request, response) => {
    const exchange = new Exchange(request, response, options.host.listener);
    if (isDocs(exchange.path)) docs(exchange, request, response, options.host.current?.generation ?? 0);
    else void answer(exchange, options);
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
  const deployment = options.host.current;
  exchange.generation = deployment?.generation ?? 0;
  if (options.host.isClosing) exchange.headers["connection"] = "close";
  deployment?.retain();
  try {
    await route(exchange, deployment, options);
  } catch (error) {
    exchange.fail(error);
  } finally {
    deployment?.release();
  }
}

async function route(exchange: Exchange, deployment: Deployment | undefined, options: AppOptions): Promise<void> {
  const { path, method } = exchange;
  const methods = deployment?.routes.get(path);
  if (deployment !== undefined && methods !== undefined) {
    exchange.route = path;
    const { corsOrigins } = deployment.settings;
    if (corsOrigins.length > 0) allowOrigin(exchange, corsOrigins);
    if (isPreflight(exchange, corsOrigins)) return exchange.send(204, "text/plain", "");
    const found = methods.get(method);
    if (found === undefined) throw notAllowed([...methods.keys()]);
    return callEndpoint(exchange, found, deployment, options.explain === true || deployment.plan.observability.explain);
  }
  const builtIn =
    builtInRoutes.get(path) ??
    (path === (deployment?.plan.observability.metrics.path ?? "/metrics") ? metricsRoute : undefined);
  if (builtIn === undefined)
    throw new EkibenError("not-found", "There is nothing at this address; GET /docs lists what there is.");
  exchange.route = path;
  if (method !== "GET" && method !== "HEAD") throw notAllowed(["GET", "HEAD"]);
  await builtIn(exchange, deployment, options);
}

function notAllowed(allow: readonly string[]): EkibenError {
  return new EkibenError("method-not-allowed", `This address takes ${allow.join(", ")}.`, { allow });
}

type BuiltIn = (exchange: Exchange, deployment: Deployment | undefined, options: AppOptions) => void | Promise<void>;

const openApiRoute: BuiltIn = (exchange, deployment) => {
  if (deployment === undefined) throw new EkibenError("not-ready", "No spec has been served yet.");
  exchange.send(200, "application/json", deployment.openApi);
};

const readinessRoute: BuiltIn = (exchange, _deployment, { host }) => {
  const { ready, document } = readiness(host);
  exchange.send(ready ? 200 : 503, "application/json", JSON.stringify(document));
};

const metricsRoute: BuiltIn = async (exchange, _deployment, { metrics }) =>
  exchange.send(200, metrics.contentType, await metrics.print());

const rootRoute: BuiltIn = (exchange, _deployment, { page }) => {
  if (page?.(exchange) === true) return;
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
  ["/version", (exchange, deployment) => exchange.send(200, "application/json", JSON.stringify(versions(deployment)))],
]);
