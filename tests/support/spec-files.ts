/** The specs of `specs/valid` and `specs/invalid`, compiled as the command line compiles them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toDeployable } from "../../cli/deployable.js";
import { compileSpec } from "../../cli/spec.js";
import { describeOpenFailure } from "../../cli/start-error.js";
import type { Compiled } from "../../compiler/compile.js";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import type { FileCache } from "../../compiler/workspace.js";
import { createMachine, openEngine } from "../../runtime/engine/engine.js";
import { ModelOpenError } from "../../runtime/engine/open/open-failure.js";
import { resolveReferences } from "../../runtime/plan/env.js";
import type { Plan } from "../../runtime/plan/plan.js";
import type { Json } from "../../runtime/values/value.js";
import { inRepository } from "./paths.js";

/** The variables that the specs of `specs/` find set. */
const environment = { EKIBEN_TEST_PORT: "8080" };
const noOptions = { text: () => undefined, flag: () => false, list: () => [] };

export const isUpdating = process.env["UPDATE_SPECS"] === "1";

/** Names without `.yaml`, sorted. */
export function specNames(folder: "valid" | "invalid"): readonly string[] {
  return readdirSync(inRepository("specs", folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -".yaml".length))
    .sort();
}

/** Compiles `specs/FOLDER/NAME.yaml`, which need not exist. */
export function compileSpecFile(folder: string, name: string, cache?: FileCache): Promise<Compiled> {
  const file = `${name}.yaml`;
  const place = { file, path: inRepository("specs", folder, file) };
  return compileSpec(place, { options: noOptions, environment }, cache);
}

/** Why the start of a Plan fails; undefined when it does not. */
export async function startFailure(compiled: Compiled): Promise<Diagnostic | undefined> {
  const machine = createMachine();
  const { plan, pathOf } = toDeployable(compiled, environment);
  try {
    // Resolving changes references alone, so that a Plan stays one.
    const resolved = resolveReferences(plan as unknown as Json, environment) as unknown as Plan;
    await (await openEngine(resolved, pathOf, machine)).close();
    return undefined;
  } catch (error) {
    if (error instanceof ModelOpenError) return describeOpenFailure(error, plan);
    throw error;
  } finally {
    await machine.close();
  }
}

/** What a golden file says; while updating, what is found is written into it first. */
export function golden(folder: string, name: string, found: string): string {
  const path = join(inRepository("specs", folder), name);
  if (isUpdating && (!existsSync(path) || readFileSync(path, "utf8") !== found)) writeFileSync(path, found);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
