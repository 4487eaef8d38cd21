/** A SPEC as something that can be deployed: compiled from its text, or read from a compiled service's folder. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Compiled } from "../compiler/compile.js";
import type { FileCache } from "../compiler/workspace.js";
import { resolveEnv } from "../runtime/plan/env.js";
import { loadArtifact } from "../runtime/plan/load.js";
import type { Deployable } from "../runtime/server/host.js";
import type { CommandContext } from "./command.js";
import { Failure } from "./failure.js";
import { hasErrors, reportDiagnostics } from "./report.js";
import { compileSpec, findSpec, isDirectory, type SpecPlace, specEnvironment } from "./spec.js";

export interface Loaded {
  readonly deployable: Deployable;
  /** Absent for a compiled service. */
  readonly compiled?: Compiled;
  readonly place: SpecPlace;
}

/** Reads and compiles; with errors they are reported, and the command ends with status 1. */
export async function loadDeployable(
  given: string | undefined,
  context: CommandContext,
  cache?: FileCache,
): Promise<Loaded> {
  const artifact = artifactFolder(given);
  const environment = specEnvironment(context);
  if (artifact !== undefined) {
    const { plan, pathOf } = loadArtifact(artifact);
    return {
      deployable: { plan, pathOf, environment },
      place: { file: join(given ?? ".", "plan.json"), path: join(artifact, "plan.json") },
    };
  }
  const place = findSpec(given);
  const compiled = await compileSpec(place, context, cache);
  reportDiagnostics(compiled, context.output);
  if (compiled.plan === undefined || hasErrors(compiled.diagnostics))
    throw new Failure(
      1,
      `${place.file} cannot be served as it is`,
      "mend what is shown above; `ekiben explain CODE` says more of a code",
    );
  return { deployable: toDeployable(compiled, environment), compiled, place };
}

/** Files lie where the spec names them, relative to its folder. */
export function toDeployable(
  compiled: Pick<Compiled, "plan" | "folder" | "tokenizers">,
  environment: NodeJS.ProcessEnv,
): Deployable {
  const { plan, folder, tokenizers } = compiled;
  if (plan === undefined) throw new Error("invariant: a spec without errors has a Plan");
  return {
    plan,
    environment,
    ...(tokenizers === undefined ? {} : { tokenizers }),
    pathOf: (name) => {
      const resolved = resolveEnv(name, environment);
      return resolve(folder, resolved.ok ? resolved.value : name);
    },
  };
}

function artifactFolder(given = "."): string | undefined {
  if (!isDirectory(given) || existsSync(join(given, "bentofile.yaml"))) return undefined;
  return existsSync(join(given, "plan.json")) ? resolve(given) : undefined;
}
