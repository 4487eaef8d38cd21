/** The log: one line an event, pretty for people, JSON for machines, always on stderr. The one file that imports winston. */
import { createLogger, format, type Logger, transports } from "winston";
import type { Listener, RuntimeEvent } from "./events.js";
import { outliveReader } from "./outlive-reader.js";

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly format: "json" | "pretty";
  readonly color: boolean;
  /** A line for each request. */
  readonly access: boolean;
}

export interface Log {
  readonly listener: Listener;
  /** Whether lines may carry colours. */
  readonly color: boolean;
  /** Whether lines of the level `info` are shown. */
  readonly isInformative: boolean;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

type Fields = { readonly [name: string]: unknown };

export function createLog(options: LogOptions): Log {
  outliveReader(process.stderr);
  const logger = createLogger({
    level: options.level,
    format: options.format === "json" ? format.combine(format.timestamp(), format.json()) : pretty(options.color),
    transports: [new transports.Console({ stderrLevels: ["error", "warn", "info", "debug"], forceConsole: false })],
    exitOnError: false,
  });
  return {
    color: options.format === "pretty" && options.color,
    isInformative: options.level === "info" || options.level === "debug",
    listener: (event) => write(logger, event, options.access),
    info: (message, fields) => void logger.info(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    error: (message, fields) => void logger.error(message, fields),
  };
}

function write(logger: Logger, event: RuntimeEvent, access: boolean): void {
  switch (event.kind) {
    case "request-done": {
      if (!access || event.route.startsWith(ofThePage)) return;
      const { id, method, route, status, durationMs, generation, code } = event;
      const fields = {
        id,
        method,
        route,
        status,
        ms: Math.round(durationMs * 100) / 100,
        generation,
        ...(code === undefined ? {} : { code }),
      };
      logger.info(`${method} ${route} ${status}`, fields);
      return;
    }
    case "request-failed":
      logger.error("a request failed", { id: event.id, stack: stackOf(event.error) });
      return;
    case "model-loaded":
    case "model-opened": {
      const { device, instances, place, intraOpThreads, notes } = event;
      const fields = modelFields(event);
      const placement = { device, instances, place, intraOpThreads };
      logger.info(`model "${event.model}" is open on ${device}`, { ...fields, ...placement });
      for (const note of notes) logger.warn(note, fields);
      return;
    }
    case "model-evicted":
      logger.info(`model "${event.model}" is let go: others need its memory`, modelFields(event));
      return;
    case "load-failed": {
      const { againInMs } = event;
      logger.error(event.message, { ...modelFields(event), againInMs });
      return;
    }
    case "model-measured": {
      const { model, measured } = event;
      logger.debug(`model "${model}" was measured: batches are as large as pays`, { ...modelFields(event), measured });
      return;
    }
    case "threads-changed": {
      const { model, why, instances, intraOpThreads } = event;
      const what = why === "share" ? "has its new share of the cores" : layoutWords(instances);
      logger.info(`model "${model}" ${what}`, { ...modelFields(event), instances, intraOpThreads });
      return;
    }
    case "threads-kept": {
      const { model, why, instances, intraOpThreads, message } = event;
      const although = why === "share" ? "its share of the cores is another now" : "others would suit its load";
      const words = `model "${model}" keeps its instances and threads, though ${although}: ${message}`;
      logger.warn(words, { ...modelFields(event), instances, intraOpThreads });
      return;
    }
    case "chores-failed":
      logger.error(`the chores of model "${event.model}" failed`, {
        ...modelFields(event),
        stack: stackOf(event.error),
      });
      return;
    case "model-failed":
      logger.error(`model "${event.model}" failed: ${event.message}`, modelFields(event));
      return;
    case "model-recovered":
      logger.info(`model "${event.model}" has an instance again`, modelFields(event));
      return;
    case "instance-lost": {
      const { model, instance, cause, reason } = event;
      logger.error(`an instance of model "${model}" was lost: ${reason}`, { ...modelFields(event), instance, cause });
      return;
    }
    case "instance-restarted": {
      const { model, instance, durationMs } = event;
      logger.info(`an instance of model "${model}" is open again`, {
        ...modelFields(event),
        instance,
        ms: Math.round(durationMs),
      });
      return;
    }
    case "restart-failed":
      logger.warn(`an instance of model "${event.model}" could not be opened again: ${event.message}`, {
        ...modelFields(event),
        instance: event.instance,
      });
      return;
    case "model-closed":
      logger.info(`model "${event.model}" is closed`, modelFields(event));
      return;
    case "lane-died":
      logger.error(`a worker thread ended: ${event.reason}`);
      return;
    case "deployed":
      logger.info(`generation ${event.generation} is live`, {
        generation: event.generation,
        digest: event.digest.slice(0, 12),
        ms: Math.round(event.durationMs),
      });
      return;
    case "diagnosed":
      if (event.text !== "") logger.warn(event.text);
      return;
    case "reload-unchanged":
      logger.info(event.isMended ? "mended: what is live is what the files say" : "the change makes no difference");
      return;
    case "reload-failed": {
      const rest = event.isLive ? "; what was live stays live" : " yet";
      logger.error(`this cannot be served${rest}\n${event.text}`, { reason: event.reason });
      return;
    }
    case "note":
      logger.info(event.text);
      return;
    case "warning":
      logger.warn(event.text);
      return;
    case "request-begun":
    case "batch-done":
    case "queue-length":
    case "shadow-done":
    case "item-rejected":
    case "instance-state":
      return;
  }
}

function modelFields({ model, version }: { readonly model: string; readonly version?: string }): Fields {
  return { model, ...(version === undefined ? {} : { version }) };
}

/** What the dev page asks for by itself is no access that its author wants to read. */
const ofThePage = "/__ekiben/";

/** The stack of an error and of what caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

const marks = { error: "\u001b[31m", warn: "\u001b[33m", info: "\u001b[36m", debug: "\u001b[90m" };
const reset = "\u001b[0m";
const dim = "\u001b[90m";

function pretty(color: boolean): ReturnType<typeof format.printf> {
  return format.printf(({ level, message, stack, ...fields }) => {
    const time = new Date().toISOString().slice(11, 23);
    const mark = color ? `${marks[level as keyof typeof marks] ?? ""}${level}${reset}` : level;
    const rest = Object.entries(fields)
      .filter(([name]) => name !== "timestamp")
      .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    const details = rest.length === 0 ? "" : `  ${color ? dim : ""}${rest.join(" ")}${color ? reset : ""}`;
    return `${time} ${mark} ${String(message)}${details}${stack === undefined ? "" : `\n${String(stack)}`}`;
  });
}

function layoutWords(instances: number): string {
  if (instances === 1)
    return "computes in one instance again, with all its threads: a lone request is answered soonest";
  return `computes in ${instances} instances now, of a thread each: requests wait for each other, and more are answered so`;
}
