/** What a compiled model depends on: another of these makes another entry of the cache. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { lazy } from "../../lazy.js";
import { onnxruntimeVersion } from "../instances/onnxruntime-version.js";
import type { SessionRequest } from "../instances/worker-messages.js";

/** SHA-256, in hex, of the model's contents, the runtime, the processor, and the options that change the graph. */
export function compileKey(contents: readonly string[], { options, device }: SessionRequest): string {
  const { graphOptimization, executionMode, extra } = options;
  const parts = {
    contents,
    device,
    graphOptimization,
    executionMode,
    extra,
    runtime: onnxruntimeVersion(),
    cpu: cpu(),
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Graphs are laid out for the instructions that the processor has. */
const cpu = lazy(() => `${process.platform} ${process.arch} ${cpus()[0]?.model ?? ""} ${instructions()}`);

function instructions(): string {
  try {
    return /^(?:flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[0] ?? "";
  } catch {
    return "";
  }
}
