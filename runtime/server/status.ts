/** What the health and version routes say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelGroup } from "../engine/group/model-group.js";
import { onnxruntimeVersion } from "../engine/instances/onnxruntime-version.js";
import type { MemoryBudget } from "../engine/memory/memory-budget.js";
import { lazy } from "../lazy.js";
import { mainVersion, percentOf } from "../plan/versions.js";
import type { Deployment } from "./deployment.js";
import type { Host } from "./host.js";

export interface Readiness {
  readonly ready: boolean;
  readonly document: { readonly ready: boolean; readonly missing: readonly string[] };
}

/** Ready when every model is, and the service is not stopping. */
export function readiness(host: Host): Readiness {
  const missing: string[] = [];
  if (host.current === undefined) missing.push("the first deployment");
  if (host.isClosing) missing.push("the service is stopping");
  if (host.current !== undefined) missing.push(...missingVersions(host.current));
  const ready = missing.length === 0;
  return { ready, document: { ready, missing } };
}

/** A shadow answers nobody, and is not missed. */
function missingVersions({ plan, engine }: Deployment): readonly string[] {
  return [...engine.groups].flatMap(([name, groups]) =>
    [...groups]
      .filter(([version, group]) => version !== plan.models[name]?.shadow && !isReady(group))
      .map(([version]) => (groups.size === 1 ? `model "${name}"` : `version ${version} of model "${name}"`)),
  );
}

/** A model on demand need not be loaded: it will be when somebody asks for it. */
function isReady({ state }: ModelGroup): boolean {
  return state.kind === "ready" || state.kind === "unloaded" || state.kind === "loading";
}

export function versions(
  deployment: Deployment | undefined,
  memory: MemoryBudget,
): { readonly [field: string]: unknown } {
  const plan = deployment?.plan;
  return {
    service: plan?.service.name ?? null,
    bento: null,
    generation: deployment?.generation ?? 0,
    plan_digest: plan?.digest ?? null,
    ekiben: packageVersion(),
    node: process.version,
    onnxruntime: onnxruntimeVersion(),
    memory: { limit_bytes: memory.limitBytes, reserved_bytes: memory.reservedBytes },
    models: deployment === undefined ? {} : modelsOf(deployment, memory),
  };
}

/** Of each model the version that answers most, and all that are loaded. */
function modelsOf({ plan, engine }: Deployment, memory: MemoryBudget): { readonly [name: string]: object } {
  return Object.fromEntries(
    Object.entries(plan.models).map(([name, model]) => {
      const main = mainVersion(model).version;
      const groups = engine.groups.get(name) ?? new Map<string, ModelGroup>();
      const of = (version: string): object => {
        const group = groups.get(version);
        return group === undefined ? { state: "missing" } : stateOf(group, memory.reservedBy(name, version));
      };
      const versions = model.versions.map(({ version, digest }) => [
        version,
        { ...of(version), digest, percent: percentOf(model, version), shadow: version === model.shadow },
      ]);
      const labels = model.labels === undefined ? {} : { labels: model.labels };
      return [name, { ...of(main), version: main, ...labels, versions: Object.fromEntries(versions) }];
    }),
  );
}

function stateOf({ state, placement, residency, measured }: ModelGroup, reservedBytes: number): object {
  const problem = state.kind === "unloaded" && state.problem !== undefined ? { problem: state.problem } : {};
  return { state: state.kind, ...problem, ...placement, ...residency, reserved_bytes: reservedBytes, measured };
}

/** Of the package that this file is part of, wherever it was packed. */
export const packageVersion = lazy(() => {
  for (const up of ["../../..", "../.."]) {
    try {
      return String(JSON.parse(readFileSync(join(__dirname, up, "package.json"), "utf8")).version);
    } catch {
      // Not the package's folder; the next one is looked into.
    }
  }
  return "unknown";
});
