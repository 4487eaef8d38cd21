/** A Plan from a compiled service's folder: checked, and its files found by their digests. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkPlan } from "./check.js";
import type { Plan } from "./plan.js";

const mostBytes = 64 * 1024 * 1024;

export interface Artifact {
  readonly plan: Plan;
  readonly pathOf: (file: string) => string;
}

/** Reads `plan.json`. Throws an Error that says what is wrong with it. */
export function loadArtifact(folder: string): Artifact {
  const file = join(folder, "plan.json");
  const checked = checkPlan(readJson(file));
  if (!checked.ok) throw new Error(`"${file}" cannot be used: ${checked.problem}; compile the service again`);
  const { plan } = checked;
  return { plan, pathOf: (name) => join(folder, artifactPath(plan, name)) };
}

function readJson(file: string): unknown {
  const { size } = statSync(file);
  if (size > mostBytes) throw new Error(`"${file}" has ${size} bytes, and ${mostBytes} are the most that are read`);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Error(`"${file}" is no JSON; compile the service again`);
  }
}

/** Where a file of the Plan lies in a compiled service. Models keep their external data beside them, under its own name. */
export function artifactPath(plan: Plan, name: string): string {
  const versions = Object.values(plan.models).flatMap((model) => model.versions);
  for (const { file, externalData } of versions) {
    const sha256 = plan.files[file]?.sha256 ?? "";
    if (externalData.length === 0) continue;
    const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : "";
    if (file === name) return `models/${sha256}/model.onnx`;
    if (externalData.includes(name)) return `models/${sha256}/${name.slice(folder.length)}`;
  }
  const isModel = versions.some(({ file }) => file === name);
  const sha256 = plan.files[name]?.sha256 ?? "";
  return isModel ? `models/${sha256}.onnx` : `files/${sha256}${extension(name)}`;
}

function extension(name: string): string {
  return /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";
}
