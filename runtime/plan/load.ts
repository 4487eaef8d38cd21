/** A Plan from a compiled service's folder: checked, and its files found by their digests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plan, planVersion } from "./plan.js";

export interface Artifact {
  readonly plan: Plan;
  readonly pathOf: (file: string) => string;
}

/** Reads `plan.json`. Throws an Error that says what is wrong with it. */
export function loadArtifact(folder: string): Artifact {
  const plan: unknown = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
  if (!isPlan(plan))
    throw new Error(`${join(folder, "plan.json")} is no Plan of version ${planVersion}; compile the service again`);
  return { plan, pathOf: (name) => join(folder, artifactPath(plan, name)) };
}

/** Where a file of the Plan lies in a compiled service. Models keep their external data beside them, under its own name. */
export function artifactPath(plan: Plan, name: string): string {
  for (const model of Object.values(plan.models)) {
    const sha256 = plan.files[model.file]?.sha256 ?? "";
    if (model.externalData.length === 0) continue;
    const folder = model.file.includes("/") ? model.file.slice(0, model.file.lastIndexOf("/") + 1) : "";
    if (model.file === name) return `models/${sha256}/model.onnx`;
    if (model.externalData.includes(name)) return `models/${sha256}/${name.slice(folder.length)}`;
  }
  const isModel = Object.values(plan.models).some((model) => model.file === name);
  const sha256 = plan.files[name]?.sha256 ?? "";
  return isModel ? `models/${sha256}.onnx` : `files/${sha256}${extension(name)}`;
}

function extension(name: string): string {
  return /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";
}

function isPlan(value: unknown): value is Plan {
  return typeof value === "object" && value !== null && "planVersion" in value && value.planVersion === planVersion;
}
