/** Machines for which onnxruntime-node has no binary, said in a sentence. */
import { readFileSync } from "node:fs";

export interface Platform {
  readonly os: NodeJS.Platform;
  readonly arch: string;
  /** Whether the C library is glibc; only Linux asks. */
  readonly glibc: boolean;
}

export function thisPlatform(): Platform {
  return { os: process.platform, arch: process.arch, glibc: process.platform !== "linux" || hasGlibc() };
}

/** Why no model can be opened here; undefined where one can. */
export function whyUnsupported({ os, arch, glibc }: Platform): string | undefined {
  if (os === "linux" && !glibc)
    return "onnxruntime has no binary for Linux with musl, such as Alpine; use a Debian image, such as node:22-bookworm-slim.";
  if (os === "darwin" && arch === "x64")
    return "onnxruntime has no binary for Macs with Intel processors any more; use Linux, in a container for instance.";
  const known = { linux: ["x64", "arm64"], win32: ["x64", "arm64"], darwin: ["arm64"] };
  const arches = os in known ? known[os as keyof typeof known] : [];
  if (!arches.includes(arch))
    return `onnxruntime has no binary for ${os} on ${arch}; it has some for Linux and Windows on x64 and arm64, and for Macs with Apple's processors.`;
  return undefined;
}

/** The process's own map of its memory names its C library; Node's report says it too, and takes a hundred times as long. */
function hasGlibc(): boolean {
  try {
    return !readFileSync("/proc/self/maps", "utf8").includes("ld-musl");
  } catch {
    return reportsGlibc();
  }
}

function reportsGlibc(): boolean {
  const report: unknown = process.report?.getReport();
  const header: unknown =
    typeof report === "object" && report !== null && "header" in report ? report.header : undefined;
  return typeof header === "object" && header !== null && "glibcVersionRuntime" in header;
}
