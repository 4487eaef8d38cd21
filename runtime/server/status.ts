/** What the health and version routes say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelGroup } from "../engine/group/model-group.js";
import { onnxruntimeVersion } from "../engine/instances/onnxruntime-version.js";
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
      .filter(([version, group]) => version !== plan.models[name]?.shadow && group.state.kind !== "ready")
      .map(([version]) => (groups.size === 1 ? `model "${name}"` : `version ${version} of model "${name}"`)),
  );
}

export function versions(deployment: Deployment | undefined): { readonly [field: string]: unknown } {
  const plan = deployment?.plan;
  return {
    service: plan?.service.name ?? null,
    bento: null,
    generation: deployment?.generation ?? 0,
    plan_digest: plan?.digest ?? null,
    ekiben: packageVersion(),
    node: process.version,
    onnxruntime: onnxruntimeVersion(),
    models: deployment === undefined ? {} : modelsOf(deployment),
  };
}

/** Of each model the version that answers most, and all that are loaded. */
function modelsOf({ plan, engine }: Deployment): { readonly [name: string]: object } {
  return Object.fromEntries(
    Object.entries(plan.models).map(([name, model]) => {
      const main = mainVersion(model).version;
      const groups = engine.groups.get(name) ?? new Map<string, ModelGroup>();
      const of = (version: string): object => {
        const group = groups.get(version);
        if (group === undefined) return { state: "missing" };
        return { state: group.state.kind, ...group.placement, measured: group.measured };
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
