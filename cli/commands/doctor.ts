/** `ekiben doctor`: what this machine offers, and what is missing. */
import { availableParallelism, freemem, totalmem } from "node:os";
import { onnxruntimeVersion } from "../../runtime/engine/instances/onnxruntime-version.js";
import { probeDevices } from "../../runtime/engine/open/probe.js";
import { thisPlatform, whyUnsupported } from "../../runtime/engine/platform.js";
import { packageVersion } from "../../runtime/server/status.js";
import type { Command } from "../command.js";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
  readonly help?: string;
}

const oldestNode = [20, 19] as const;

export const doctor: Command = {
  name: "doctor",
  usage: "[options]",
  summary: "Says what this machine offers: devices, libraries, versions, and what is missing.",
  options: {},
  examples: ["ekiben doctor", "ekiben doctor --json"],
  positionals: { min: 0, max: 0 },
  async run({ output }) {
    const checks: Check[] = [
      nodeVersion(),
      platform(),
      library("sharp", "pictures are decoded with it"),
      library("tokenizers", "texts are tokenized with it"),
    ];
    const isSupported = whyUnsupported(thisPlatform()) === undefined;
    const devices = isSupported ? await probeDevices() : [];
    const machine = { cores: availableParallelism(), memory_bytes: totalmem(), free_bytes: freemem() };
    const ok = checks.every((check) => check.ok) && devices.some(({ device, works }) => device === "cpu" && works);
    const onnxruntime = onnxruntimeVersion();
    if (output.json) {
      output.result(
        JSON.stringify({ ok, ekiben: packageVersion(), node: process.version, onnxruntime, machine, checks, devices }),
      );
      return ok ? 0 : 3;
    }
    const lines = [
      `ekiben ${packageVersion()}, onnxruntime ${onnxruntime}, Node.js ${process.version}`,
      `${machine.cores} cores, ${gigabytes(machine.memory_bytes)} of memory, ${gigabytes(machine.free_bytes)} of it free`,
      ...checks.map(
        (check) =>
          `${check.ok ? "✓" : "✗"} ${check.name}: ${check.text}${check.help === undefined ? "" : `\n    ${check.help}`}`,
      ),
      ...devices.map(
        ({ device, works, reason }) =>
          `${works ? "✓" : "–"} device ${device}${works ? " works" : `: ${reason ?? "does not work"}`}`,
      ),
      "",
      gpuWords,
    ];
    output.result(lines.join("\n"));
    return ok ? 0 : 3;
  },
};

const gpuWords = `For NVIDIA GPUs, install onnxruntime-node with its CUDA libraries: leave out \`onnxruntime-node-install=skip\`
(in .npmrc) and ONNXRUNTIME_NODE_INSTALL, run \`npm rebuild onnxruntime-node\`, and have the driver, CUDA 12 and cuDNN 9
on the machine; then say \`devices: [cuda, cpu]\` of a model.`;

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return {
    name: "Node.js",
    ok,
    text: process.version,
    ...(ok ? {} : { help: `install ${oldestNode.join(".")} or newer` }),
  };
}

function platform(): Check {
  const problem = whyUnsupported(thisPlatform());
  return {
    name: "onnxruntime",
    ok: problem === undefined,
    text: problem ?? `has a binary for ${process.platform} on ${process.arch}`,
  };
}

function library(name: string, use: string): Check {
  try {
    require(name);
    return { name, ok: true, text: use };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return {
      name,
      ok: false,
      text: `it cannot be loaded: ${reason}`,
      help: "install again on this machine: node_modules cannot be copied between systems",
    };
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
