/** A running service: metrics, log, machine, host and HTTP server put together, and taken apart in order. */
import { createMachine } from "../engine/engine.js";
import type { Listener } from "../observe/events.js";
import { tellAll } from "../observe/events.js";
import { createLog, type Log } from "../observe/log.js";
import { createMetrics } from "../observe/metrics.js";
import type { App, AppOptions } from "./app.js";
import { createApp } from "./app.js";
import { type Deployable, Host } from "./host.js";
import type { Listening } from "./http-server.js";
import { listen } from "./http-server.js";
import { resolvePlan, serverSettings } from "./settings.js";

export interface ServiceOptions {
  /** Over what the Plan says. */
  readonly host?: string;
  readonly port?: number;
  readonly color?: boolean;
  /** `dev`: pretty, for people; `production`: JSON unless the Plan says otherwise. */
  readonly mode: "dev" | "production";
  readonly page?: (host: Host) => AppOptions["page"];
  /** Has routes of its own, which come before the service's. */
  readonly app?: App;
  readonly listeners?: readonly Listener[];
}

export interface Service {
  readonly host: Host;
  readonly log: Log;
  readonly url: string;
  readonly port: number;
  /** Stops taking requests, answers those it took, closes models and threads. Gives whether all ended in time. */
  close(): Promise<"closed" | "hung">;
}

/** Opens the Plan and listens. Throws `ModelOpenError`, an `EkibenError`, or Node's error for the address. */
export async function startService(deployable: Deployable, options: ServiceOptions): Promise<Service> {
  const plan = resolvePlan(deployable.plan, deployable.environment);
  const settings = serverSettings(plan);
  const { level, format, access } = plan.observability.logging;
  const isPretty =
    format === "pretty" || (format === "auto" && (options.mode === "dev" || process.stderr.isTTY === true));
  const log = createLog({
    level: level as "info",
    format: isPretty ? "pretty" : "json",
    color: options.color === true,
    access: access !== false,
  });
  const metrics = createMetrics(plan.observability.metrics.latencyBucketsS);
  const listener = tellAll([metrics.listener, log.listener, ...(options.listeners ?? [])]);
  const host = new Host(createMachine(listener), listener);
  for (const note of plan.notes) log.info(note);
  const page = options.page?.(host);
  const app = createApp(
    { host, metrics, explain: options.mode === "dev", ...(page === undefined ? {} : { page }) },
    options.app,
  );
  let listening: Listening | undefined;
  try {
    await host.deploy(deployable);
    listening = await listen(app, {
      host: options.host ?? settings.host,
      port: options.port ?? settings.port,
      requestTimeoutMs: Math.max(settings.timeoutMs, 5_000),
    });
  } catch (error) {
    await host.close();
    throw error;
  }
  const { url, port } = listening;
  return { host, log, url, port, close: () => close(host, listening, settings.shutdownGraceS * 1000) };
}

async function close(host: Host, listening: Listening, graceMs: number): Promise<"closed" | "hung"> {
  const drained = (async () => {
    host.beginClosing();
    await listening.close(graceMs);
    await host.close();
    return "closed" as const;
  })();
  let stop: NodeJS.Timeout | undefined;
  const hung = new Promise<"hung">((resolve) => {
    stop = setTimeout(() => resolve("hung"), graceMs + 2_000);
  });
  const result = await Promise.race([drained, hung]);
  clearTimeout(stop);
  return result;
}
