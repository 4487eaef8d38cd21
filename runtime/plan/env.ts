/** `${env:NAME}` and `${env:NAME:-default}` in strings: found, resolved, and read as YAML reads a plain scalar. */
import { EkibenError } from "../errors.js";
import type { Json } from "../values/value.js";
import type { EnvReference } from "./plan.js";

export type Environment = { readonly [name: string]: string | undefined };

export type EnvProblem =
  | { readonly kind: "unclosed" | "bad-name"; readonly found: string; readonly start: number; readonly end: number }
  | { readonly kind: "unset"; readonly name: string; readonly start: number; readonly end: number };

export type Resolved =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: EnvProblem };

export function mentionsEnv(text: string): boolean {
  return text.includes("${env:");
}

/** The text with every reference replaced; the first problem where there is one. */
export function resolveEnv(text: string, environment: Environment): Resolved {
  let value = "";
  let rest = 0;
  for (let start = text.indexOf("${env:"); start !== -1; start = text.indexOf("${env:", rest)) {
    const close = text.indexOf("}", start);
    const end = close === -1 ? text.length : close + 1;
    const found = text.slice(start, end);
    if (close === -1) return { ok: false, problem: { kind: "unclosed", found, start, end } };
    const match = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\}$/s.exec(found);
    if (match === null) return { ok: false, problem: { kind: "bad-name", found, start, end } };
    const [, name = "", fallback] = match;
    const set = environment[name] ?? fallback;
    if (set === undefined) return { ok: false, problem: { kind: "unset", name, start, end } };
    value += text.slice(rest, start) + set;
    rest = end;
  }
  return { ok: true, value: value + text.slice(rest) };
}

/** A plain scalar of YAML 1.2's core schema. */
export function readScalar(text: string): null | boolean | number | string {
  if (/^(?:null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text)) return Number(text);
  if (/^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) return Number(text);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  return text;
}

export function isEnvReference(value: unknown): value is EnvReference {
  return (
    typeof value === "object" &&
    value !== null &&
    "env" in value &&
    typeof value.env === "string" &&
    Object.keys(value).length === 1
  );
}

/** A part of a Plan with its references resolved, as at start. An unset variable is an error that names it, never a value. */
export function resolveReferences(value: Json, environment: Environment): Json {
  if (isEnvReference(value)) {
    const resolved = resolveEnv(value.env, environment);
    if (resolved.ok) return readScalar(resolved.value);
    const name = resolved.problem.kind === "unset" ? resolved.problem.name : resolved.problem.found;
    throw new EkibenError("not-ready", `the environment variable "${name}" is not set; set it before the start`);
  }
  if (Array.isArray(value)) return value.map((item: Json) => resolveReferences(item, environment));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, environment)]));
}
