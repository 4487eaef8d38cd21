/** What the health and version routes say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onnxruntimeVersion } from "../engine/instances/onnxruntime-version.js";
import { lazy } from "../lazy.js";
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
  for (const [name, group] of host.current?.engine.groups ?? []) {
    if (group.state.kind !== "ready") missing.push(`model "${name}"`);
  }
  const ready = missing.length === 0;
  return { ready, document: { ready, missing } };
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
    models: Object.fromEntries(
      [...(deployment?.engine.groups ?? [])].map(([name, group]) => [
        name,
        { state: group.state.kind, ...group.placement },
      ]),
    ),
  };
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
