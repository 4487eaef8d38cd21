/** The whole road from a spec's text to its Plan, readable top to bottom. */
import { dirname } from "node:path";
import type { Environment } from "../runtime/plan/env.js";
import type { Plan } from "../runtime/plan/plan.js";
import type { Diagnostic } from "./diagnostics/diagnostic.js";
import { diagnostic } from "./diagnostics/diagnostic.js";
import { checkGraphs } from "./graph/check.js";
import type { LoadedModel } from "./models/load.js";
import { loadModel } from "./models/load.js";
import { lower } from "./plan/lower.js";
import { describeProblems } from "./source/describe.js";
import type { Source } from "./source/source.js";
import { readSource } from "./source/source.js";
import { parseSpec } from "./spec/parse.js";
import type { Spec } from "./spec/spec.js";
import type { FileCache } from "./workspace.js";
import { Workspace } from "./workspace.js";

export interface CompileOptions {
  /** What `${env:NAME}` stands for in the checks; nothing of it is kept. */
  readonly environment: Environment;
  /** What is known of files from earlier compilations. */
  readonly cache?: FileCache;
}

export interface Compiled {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when the text is no spec at all. */
  readonly spec?: Spec;
  /** Absent when there are errors. */
  readonly plan?: Plan;
  /** Where the files that the Plan names lie. */
  readonly folder: string;
  /** Absolute paths of the files that the result depends on, besides the spec; also of those that are not there. */
  readonly files: readonly string[];
}

/** Compiles a spec's text. `file` is how diagnostics name it; `path` is where it lies. Never throws for what the author wrote. */
export async function compile(file: string, path: string, text: string, options: CompileOptions): Promise<Compiled> {
  const folder = dirname(path);
  const source = readSource(file, text);
  const problems = describeProblems(source.problems);
  if (problems.length > 0) return { source, folder, files: [], diagnostics: problems };

  const { spec, diagnostics: found } = parseSpec(source, options.environment);
  const diagnostics = [...found];
  if (spec === undefined) return { source, folder, files: [], diagnostics };

  const report = (each: Diagnostic): void => void diagnostics.push(each);
  const workspace = new Workspace(folder, options.cache);
  const models = new Map<string, LoadedModel | null>();
  for (const [name, model] of spec.models)
    models.set(name, model === null ? null : loadModel(name, model, workspace, report));

  const graphs = await checkGraphs({ spec, models, workspace }, report);
  const isFine = !diagnostics.some((each) => each.severity === "error");
  const plan = isFine ? { plan: lower({ spec, models, graphs, workspace }) } : {};
  const files = [...workspace.named];
  return { source, folder, files, diagnostics: ordered(diagnostics, source), spec, ...plan };
}

const mostDiagnostics = 1000;

/** In the order of the text, errors before others at one place; each once. */
function ordered(diagnostics: readonly Diagnostic[], source: Source): readonly Diagnostic[] {
  const placed = diagnostics.map((each) => ({ each, start: startOf(each, source) }));
  const severities = ["error", "warning", "info"];
  placed.sort((a, b) => a.start - b.start || severities.indexOf(a.each.severity) - severities.indexOf(b.each.severity));
  const unique = new Map(placed.map(({ each, start }) => [`${start} ${each.code} ${each.message}`, each]));
  return [...unique.values()].slice(0, mostDiagnostics);
}

function startOf(found: Diagnostic, source: Source): number {
  const { place } = found;
  if ("range" in place) return place.range[0];
  return "start" in place
    ? source.rangeWithin(place.path, place.start, place.end)[0]
    : source.rangeOf(place.path, place.part)[0];
}

/** A spec that cannot be read at all. */
export function unreadable(file: string, name: "missing" | "unreadable" | "encoding", problem = ""): Compiled {
  const source = readSource(file, "");
  const place = { range: [0, 0] } as const;
  return {
    source,
    folder: dirname(file),
    files: [],
    diagnostics: [diagnostic("spec-missing", name, place, { file, problem })],
  };
}
