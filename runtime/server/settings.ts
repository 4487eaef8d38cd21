/** A Plan with its references to the environment resolved, and the settings of its server as numbers and words. */
import { EkibenError } from "../errors.js";
import type { Environment } from "../plan/env.js";
import { resolveReferences } from "../plan/env.js";
import type { Plan } from "../plan/plan.js";
import { parseSize } from "../plan/size.js";
import type { Json } from "../values/value.js";
import { checkSettings } from "./check-settings.js";
import { withTexts } from "./resolved-texts.js";

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly bodyLimitBytes: number;
  readonly shutdownGraceS: number;
  readonly corsOrigins: readonly string[];
}

/** What is decided when the process starts, and no reload changes. */
export interface StartSettings extends Pick<ServerSettings, "host" | "port" | "timeoutMs" | "shutdownGraceS"> {
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "auto" | "json" | "pretty";
  readonly logsAccess: boolean;
  readonly latencyBucketsS: readonly number[];
}

/** Where no Plan says otherwise: a spec that is broken at first leaves them as they are. */
const withoutPlan: StartSettings = {
  host: "0.0.0.0",
  port: 3000,
  timeoutMs: 60_000,
  shutdownGraceS: 30,
  logLevel: "info",
  logFormat: "auto",
  logsAccess: true,
  latencyBucketsS: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
};

/** `plan` is resolved, or absent. Throws when the environment gives what is no such setting. */
export function startSettings(plan: Plan | undefined): StartSettings {
  if (plan === undefined) return withoutPlan;
  const { level, format, access } = plan.observability.logging;
  return {
    ...serverSettings(plan),
    logLevel: oneOf("observability.logging.level", level, ["debug", "info", "warn", "error"]),
    logFormat: oneOf("observability.logging.format", format, ["auto", "json", "pretty"]),
    logsAccess: access !== false,
    latencyBucketsS: plan.observability.metrics.latencyBucketsS,
  };
}

function oneOf<T extends string>(field: string, value: unknown, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new EkibenError(
    "not-ready",
    `"${field}" must be ${words.join(", ")}, and the environment gives another value.`,
  );
}

/** The environment that the service sees: its own `envs` where they are not set. Throws when one without a value is missing. */
export function serviceEnvironment(plan: Plan, environment: Environment): Environment {
  const added: { [name: string]: string } = {};
  const missing: string[] = [];
  for (const { name, value } of plan.envs) {
    if (environment[name] !== undefined) continue;
    if (value === undefined) missing.push(name);
    else added[name] = String(resolveReferences(value as Json, environment));
  }
  if (missing.length > 0)
    throw new EkibenError(
      "not-ready",
      `The environment variable${missing.length > 1 ? "s" : ""} ${missing.join(", ")} must be set before the service starts.`,
    );
  return { ...added, ...environment };
}

/** The Plan for this start: everything but graphs read again with the environment as it is. Throws for what is no such setting. */
export function resolvePlan(plan: Plan, environment: Environment): Plan {
  const seen = serviceEnvironment(plan, environment);
  // Graphs hold no references, and their literals must not be mistaken for some.
  const { graphs, files, ...rest } = plan;
  const resolved = resolveReferences(rest as unknown as Json, seen) as unknown as Omit<Plan, "graphs" | "files">;
  const started = { ...withTexts(resolved), graphs, files };
  checkSettings(started);
  return started;
}

export function serverSettings(plan: Plan): ServerSettings {
  const { server } = plan;
  return {
    host: String(server.host),
    port: numberOf("server.port", server.port),
    timeoutMs: numberOf("server.timeout_ms", server.timeoutMs),
    bodyLimitBytes:
      parseSize(server.bodyLimitBytes as string | number) ?? numberOf("server.body_limit", server.bodyLimitBytes),
    shutdownGraceS: numberOf("server.shutdown_grace_s", server.shutdownGraceS),
    corsOrigins: server.cors?.origins ?? [],
  };
}

function numberOf(field: string, value: unknown): number {
  const number = typeof value === "number" ? value : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new EkibenError("not-ready", `"${field}" must be a number, and the environment gives another value.`);
}
