/** The whole road from a spec's text to its Plan, readable top to bottom. */
import { dirname } from "node:path";
import type { Environment } from "../runtime/plan/env.js";
import type { Plan } from "../runtime/plan/plan.js";
import type { Tokenizer } from "../runtime/steps/resources/tokenizer.js";
import { Collector } from "./diagnostics/collect.js";
import type { Diagnostic } from "./diagnostics/diagnostic.js";
import { diagnostic } from "./diagnostics/diagnostic.js";
import { checkGraphs } from "./graph/check.js";
import { checkTokenizers } from "./graph/resource.js";
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
  /** Only what is wrong is asked for: no Plan is made. */
  readonly checkOnly?: boolean;
}

export interface Compiled {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when the text is no spec at all. */
  readonly spec?: Spec;
  /** Absent when there are errors. */
  readonly plan?: Plan;
  /** The Plan's tokenizers by file, loaded already. */
  readonly tokenizers?: ReadonlyMap<string, Tokenizer>;
  /** Where the files that the Plan names lie. */
  readonly folder: string;
  /** Absolute paths of the files that the result depends on, besides the spec; also of those that are not there. */
  readonly files: readonly string[];
  /** Absolute paths of files of versions that are not whole yet: the result does not depend on them, and will once they are. */
  readonly awaited: readonly string[];
  /** Absolute paths of folders of versions. */
  readonly versionFolders: readonly string[];
}

/** Compiles a spec's text. `file` is how diagnostics name it; `path` is where it lies. Never throws for what the author wrote. */
export async function compile(file: string, path: string, text: string, options: CompileOptions): Promise<Compiled> {
  const folder = dirname(path);
  const source = readSource(file, text);
  const problems = describeProblems(source.problems);
  const nothing = { files: [], awaited: [], versionFolders: [] };
  if (problems.length > 0) return { source, folder, ...nothing, diagnostics: problems };

  const collector = new Collector();
  const { report } = collector;
  const spec = parseSpec(source, options.environment, report);
  if (spec === undefined) return { source, folder, ...nothing, diagnostics: collector.ordered(source) };

  const workspace = new Workspace(folder, options.cache);
  const models = new Map<string, LoadedModel | null>();
  for (const [name, model] of spec.models)
    models.set(name, model === null ? null : loadModel(name, model, workspace, report));

  const graphs = checkGraphs({ spec, models, workspace }, report);
  const resources = [...graphs.values()].flatMap((graph) => graph.resources);
  const tokenizers = await checkTokenizers(resources, workspace, report);
  const isLowered = !collector.hasError && options.checkOnly !== true;
  const plan = isLowered ? { plan: lower({ spec, models, graphs, workspace }), tokenizers } : {};
  // Lowering digests files that nothing before it asked for.
  const followed = {
    files: [...workspace.named],
    awaited: [...workspace.awaited],
    versionFolders: [...workspace.versionFolders],
  };
  return { source, folder, ...followed, diagnostics: collector.ordered(source), spec, ...plan };
}

/** A spec that cannot be read at all. */
export function unreadable(file: string, name: "missing" | "unreadable" | "encoding", problem = ""): Compiled {
  const source = readSource(file, "");
  const place = { range: [0, 0] } as const;
  return {
    source,
    folder: dirname(file),
    files: [],
    awaited: [],
    versionFolders: [],
    diagnostics: [diagnostic("spec-missing", name, place, { file, problem })],
  };
}
