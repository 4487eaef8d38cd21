/** `${env:NAME}` outside graphs: resolved for the checks with the environment as it is; the Plan keeps the reference. */
import type { Environment, EnvProblem } from "../../runtime/plan/env.js";
import { mentionsEnv, readScalar, resolveEnv } from "../../runtime/plan/env.js";
import type { Json } from "../../runtime/values/value.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { toPointer } from "../source/path.js";

export interface WithEnvironment {
  readonly value: Json;
  /** The text of each string that refers to the environment, by its place. */
  readonly references: ReadonlyMap<string, string>;
  /** Places whose value is not known, because a variable is not set. */
  readonly unresolved: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

export function resolveEnvironment(document: Json, environment: Environment): WithEnvironment {
  const references = new Map<string, string>();
  const unresolved = new Set<string>();
  const diagnostics: Diagnostic[] = [];

  const resolve = (value: Json, path: Path): Json => {
    if (path.length === 1 && path[0] === "graphs") return value;
    if (Array.isArray(value)) return value.map((item: Json, index) => resolve(item, [...path, index]));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, [...path, key])]));
    }
    if (typeof value !== "string" || !mentionsEnv(value)) return value;
    const result = resolveEnv(value, environment);
    references.set(toPointer(path), value);
    if (result.ok) return readScalar(result.value);
    unresolved.add(toPointer(path));
    diagnostics.push(describeProblem(result.problem, path));
    return value;
  };

  return { value: resolve(document, []), references, unresolved, diagnostics };
}

function describeProblem(problem: EnvProblem, path: Path): Diagnostic {
  const place = { path, start: problem.start, end: problem.end };
  if (problem.kind === "unset") return diagnostic("env-unset", "unset", place, { name: problem.name });
  return diagnostic("env-syntax", problem.kind === "unclosed" ? "unclosed" : "name", place, { found: problem.found });
}
