/** What targets are given and what they give. Nothing here touches the disk. */
import type { Plan } from "../../runtime/plan/plan.js";
import type { Docker } from "../spec/types.js";
import type { RuntimePackage } from "./runtime-package.js";

export interface Emission {
  /** For code and pages: without the texts that the start takes from the environment. */
  readonly plan: Plan;
  /** For `plan.json`. */
  readonly wholePlan: Plan;
  readonly docker: Docker;
  /** The text of `docker.dockerfile_template`. */
  readonly dockerfileEnd?: string;
  /** The bytes of `docker.setup_script`. */
  readonly setupScript?: Uint8Array;
  readonly runtime: RuntimePackage;
}

export interface EmittedFile {
  /** Relative to the artifact's folder, with slashes. */
  readonly path: string;
  readonly content:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "bytes"; readonly bytes: Uint8Array }
    /** A file of the Plan, which may be larger than the memory. */
    | { readonly kind: "planned"; readonly name: string; readonly sha256: string; readonly bytes: number };
}

export interface Target {
  readonly name: string;
  /** A sentence for the help. */
  readonly summary: string;
  readonly emit: (emission: Emission) => readonly EmittedFile[];
}

export function textFile(path: string, text: string): EmittedFile {
  return { path, content: { kind: "text", text } };
}

export function bytesFile(path: string, bytes: Uint8Array): EmittedFile {
  return { path, content: { kind: "bytes", bytes } };
}

/** JSON as `biome` would leave it. */
export function jsonFile(path: string, value: unknown): EmittedFile {
  return textFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
