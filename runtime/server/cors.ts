/** Which web pages may call: the origins of `server.cors`. */
import type { Exchange } from "./exchange.js";

const exposed = "x-request-id, x-ekiben-generation, server-timing, retry-after";

export function allowOrigin(exchange: Exchange, origins: readonly string[]): void {
  const origin = exchange.request.headers.origin;
  const isAny = origins.includes("*");
  if (origin === undefined || (!isAny && !origins.includes(origin))) return;
  exchange.headers["access-control-allow-origin"] = isAny ? "*" : origin;
  exchange.headers["access-control-expose-headers"] = exposed;
  if (!isAny) exchange.headers["vary"] = "origin";
}

/** Whether a browser asks if it may call; its answer is made of headers alone. */
export function isPreflight(exchange: Exchange, origins: readonly string[]): boolean {
  const wanted = exchange.request.headers["access-control-request-method"];
  if (exchange.method !== "OPTIONS" || origins.length === 0 || wanted === undefined) return false;
  exchange.headers["access-control-allow-methods"] = "GET, POST, PUT, PATCH, DELETE";
  exchange.headers["access-control-allow-headers"] =
    "content-type, accept, x-request-id, x-ekiben-deadline-ms, x-ekiben-explain";
  exchange.headers["access-control-max-age"] = "600";
  return true;
}
