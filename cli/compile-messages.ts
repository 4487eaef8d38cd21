/** What the command line and its compiling thread say to each other. */
import type { Plan } from "../runtime/plan/plan.js";
import type { SpecPlace } from "./spec.js";

export interface CompileJob {
  readonly place: SpecPlace;
  /** The spec's text where that of the file does not count any more. */
  readonly text?: string;
  /** The values of `--set` and `--env-file`. */
  readonly overrides: readonly string[];
  readonly envFile: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether diagnostics are printed with colours. */
  readonly color: boolean;
}

export interface CompileResult {
  /** The spec's text as it was compiled, and how diagnostics name it. */
  readonly text: string;
  readonly file: string;
  readonly folder: string;
  /** Absolute paths of what the result depends on. */
  readonly files: readonly string[];
  /** Those of versions that are not whole yet. */
  readonly awaited: readonly string[];
  /** Absolute paths of folders of versions. */
  readonly versionFolders: readonly string[];
  /** The diagnostics, printed; empty for none. */
  readonly printed: string;
  /** Absent when there are errors. */
  readonly plan?: Plan;
  /** With what `--env-file` says. */
  readonly environment: NodeJS.ProcessEnv;
}

export type CompileReply =
  | { readonly kind: "compiled"; readonly result: CompileResult }
  /** What is wrong is not in the spec: a file of environment variables that cannot be read. */
  | { readonly kind: "failed"; readonly message: string };
