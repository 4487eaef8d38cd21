/** A running service: metrics, log, machine, host and HTTP server put together, and taken apart in order. */
import { cacheFolder } from "../engine/compiled/cache-folder.js";
import { createMachine } from "../engine/engine.js";
import type { Lanes } from "../engine/instances/lanes.js";
import type { Listener } from "../observe/events.js";
import { lateListener, tellAll } from "../observe/events.js";
import type { Log } from "../observe/log.js";
import type { App, AppOptions } from "./app.js";
import { BodyMemory } from "./body-memory.js";
import { afterEvents, type Deployable, Host } from "./host.js";
import type { Listening } from "./http-server.js";
import type { DevRoutes } from "./page/routes.js";
import { resolvePlan, startSettings } from "./settings.js";

export interface ServiceOptions {
  /** Over what the Plan says. */
  readonly host?: string;
  readonly port?: number;
  readonly color?: boolean;
  /** `dev`: pretty, for people; `production`: JSON unless the Plan says otherwise. */
  readonly mode: "dev" | "production";
  /** Routes of `dev` alone, and what follows events for them. */
  readonly dev?: (host: Host) => DevRoutes;
  /** Has routes of its own, which come before the service's. */
  readonly app?: App;
  readonly listeners?: readonly Listener[];
  /** Threads that were started while the Plan was made. */
  readonly lanes?: Lanes;
  /** Whether models' files may be written to while they are served, as where they are followed. */
  readonly filesMayChange?: boolean;
  /** A number from 0 up to 1, for the choice of versions. */
  readonly random?: () => number;
  /** How long a caller may take to send its headers; 30 s unless said otherwise. */
  readonly headersTimeoutMs?: number;
  /** How long for its whole request; as long as an answer may take unless said otherwise. */
  readonly requestTimeoutMs?: number;
  /** What the bodies of all requests under way may take together; a quarter of the memory unless said otherwise. */
  readonly bodyMemoryBytes?: number;
}

export interface Service {
  readonly host: Host;
  readonly log: Log;
  /** Tells metrics, log and everyone else who listens. */
  readonly listener: Listener;
  readonly url: string;
  readonly port: number;
  /** Stops taking requests, answers those it took, closes models and threads. Gives whether all ended in time. */
  close(): Promise<"closed" | "hung">;
}

/** Opens the Plan and listens. Throws `ModelOpenError`, an `EkibenError`, or Node's error for the address. */
export function startService(deployable: Deployable, options: ServiceOptions): Promise<Service> {
  return start(deployable, options, (host) => host.deploy(deployable));
}

/** Listens without a deployment, for a reloader to bring one. Settings of the start are the Plan's where there is one. */
export function startEmptyService(
  settings: Pick<Deployable, "plan" | "environment"> | undefined,
  options: ServiceOptions,
): Promise<Service> {
  return start(settings, options, async () => {});
}

async function start(
  from: Pick<Deployable, "plan" | "environment"> | undefined,
  options: ServiceOptions,
  deployFirst: (host: Host) => Promise<unknown>,
): Promise<Service> {
  const plan = from === undefined ? undefined : resolvePlan(from.plan, from.environment);
  const settings = startSettings(plan);
  const { listener, tell } = lateListener();
  const lanes = options.lanes === undefined ? {} : { lanes: options.lanes };
  const random = options.random === undefined ? {} : { random: options.random };
  const folder = cacheFolder(process.env);
  const host = new Host(
    createMachine({
      observer: listener,
      filesMayChange: options.filesMayChange === true,
      doesChores: true,
      ...(folder === undefined ? {} : { cacheFolder: folder }),
      ...lanes,
      ...random,
    }),
    listener,
  );
  const deploying = deployFirst(host);
  deploying.catch(() => {});
  await afterEvents();

  // The models open in their threads by now; what else a service is made of is loaded meanwhile.
  const { createLog, createMetrics, createDoor, listen } = loadRest();
  const log = createLog({
    level: settings.logLevel,
    format: isPretty(settings.logFormat, options.mode) ? "pretty" : "json",
    color: options.color === true,
    access: settings.logsAccess,
  });
  const metrics = createMetrics(settings.latencyBucketsS);
  const dev = options.dev?.(host);
  tell(
    tellAll([
      metrics.listener,
      log.listener,
      ...(dev === undefined ? [] : [dev.listener]),
      ...(options.listeners ?? []),
    ]),
  );
  for (const note of plan?.notes ?? []) log.info(note);
  const appOptions: AppOptions = {
    host,
    metrics,
    bodies: new BodyMemory(options.bodyMemoryBytes),
    explain: options.mode === "dev",
    ...(dev === undefined ? {} : { dev }),
  };
  let listening: Listening | undefined;
  try {
    await deploying;
    listening = await listen(createDoor(appOptions, options.app), {
      host: options.host ?? settings.host,
      port: options.port ?? settings.port,
      requestTimeoutMs: options.requestTimeoutMs ?? Math.max(settings.timeoutMs, 5_000),
      ...(options.headersTimeoutMs === undefined ? {} : { headersTimeoutMs: options.headersTimeoutMs }),
      generation: () => host.current?.generation ?? 0,
    });
  } catch (error) {
    await host.close();
    throw error;
  }
  const { url, port } = listening;
  const graceMs = (): number => (host.current?.settings.shutdownGraceS ?? settings.shutdownGraceS) * 1000;
  return { host, log, listener, url, port, close: () => close(host, listening, dev, graceMs()) };
}

/** Modules that take longer to load than a Plan takes to be deployed. */
function loadRest() {
  const { createLog } = require("../observe/log.js") as typeof import("../observe/log.js");
  const { createMetrics } = require("../observe/metrics.js") as typeof import("../observe/metrics.js");
  const { createDoor } = require("./app.js") as typeof import("./app.js");
  const { listen } = require("./http-server.js") as typeof import("./http-server.js");
  return { createLog, createMetrics, createDoor, listen };
}

function isPretty(format: "auto" | "json" | "pretty", mode: ServiceOptions["mode"]): boolean {
  return format === "pretty" || (format === "auto" && (mode === "dev" || process.stderr.isTTY === true));
}

async function close(
  host: Host,
  listening: Listening,
  dev: DevRoutes | undefined,
  graceMs: number,
): Promise<"closed" | "hung"> {
  const drained = (async () => {
    host.beginClosing();
    dev?.close();
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
