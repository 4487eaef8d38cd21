/** Swagger UI at /docs, its assets from our own server. Loaded when the first one asks. The one file that imports it. */
import type { Request, RequestHandler, Response } from "express";
import { EkibenError } from "../errors.js";
import { lazy } from "../lazy.js";
import type { Exchange } from "./exchange.js";

const assets = new Set(
  [
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-ui-init.js",
    "favicon-32x32.png",
    "favicon-16x16.png",
  ].map((name) => `/docs/${name}`),
);
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

export function isDocs(path: string): boolean {
  return path === "/docs" || path.startsWith("/docs/");
}

type DocsHandler = (exchange: Exchange, request: Request, response: Response, generation: number) => void;

export function docsHandler(): DocsHandler {
  const ui = lazy(loadUi);
  return (exchange, request, response, generation) => {
    exchange.generation = generation;
    exchange.route = "/docs";
    exchange.headers["content-security-policy"] = policy;
    const isPage = exchange.path === "/docs" || exchange.path === "/docs/";
    if (exchange.method !== "GET" && exchange.method !== "HEAD")
      exchange.fail(new EkibenError("method-not-allowed", "This address takes GET, HEAD.", { allow: ["GET", "HEAD"] }));
    else if (isPage) exchange.send(200, "text/html; charset=utf-8", ui().page);
    else if (!assets.has(exchange.path))
      exchange.fail(new EkibenError("not-found", "There is nothing at this address; the documentation is at /docs."));
    else sendAsset(ui().files, exchange, request, response);
  };
}

function loadUi(): { readonly page: string; readonly files: readonly RequestHandler[] } {
  const swagger = require("swagger-ui-express") as typeof import("swagger-ui-express");
  const options = {
    customSiteTitle: "API documentation",
    swaggerOptions: { url: "/openapi.json", tryItOutEnabled: true, displayRequestDuration: true, validatorUrl: null },
  };
  const page = swagger.generateHTML(undefined, options).replaceAll(/(href|src)="\.\//g, '$1="/docs/');
  return { page, files: swagger.serveFiles(undefined, options) };
}

/** The library's handlers see the address below /docs. */
function sendAsset(files: readonly RequestHandler[], exchange: Exchange, request: Request, response: Response): void {
  exchange.sendElsewhere();
  request.url = exchange.path.slice("/docs".length);
  const next = (handlers: readonly RequestHandler[]): void => {
    const [handler, ...others] = handlers;
    if (handler === undefined) exchange.fail(new EkibenError("not-found", "There is nothing at this address."));
    else void handler(request, response, () => next(others));
  };
  next(files);
}
