/** How long `ekiben check` takes beyond Node's own start, for a spec with 100 models and 1,000 steps in ten graphs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxModel } from "../../tests/support/onnx-model.js";
import { rounds as lasting } from "../length.js";
import { figures, type Measure } from "../measure.js";
import { median } from "../process.js";

const models = 100;
const graphs = 10;
const rounds = 20;
const runs = lasting(7);

export const check: Measure = {
  name: "check",
  run: async () => {
    const { nodeMs, checkMs } = measureCheck();
    const beyond = median(checkMs) - median(nodeMs);
    return [
      {
        measure: "check of 100 models and 1,000 steps",
        wanted: "≤ 500 ms beyond Node's start",
        measured: `${beyond.toFixed(0)} ms`,
        ok: beyond <= 500,
        details: `${figures(checkMs, "ms")}, Node alone ${figures(nodeMs, "ms")}`,
      },
    ];
  },
};

interface CheckTimes {
  readonly nodeMs: readonly number[];
  readonly checkMs: readonly number[];
}

function measureCheck(): CheckTimes {
  const folder = mkdtempSync(join(tmpdir(), "ekiben-check-speed-"));
  try {
    writeSpec(folder);
    const cli = join(__dirname, "..", "..", "cli", "main.js");
    return { nodeMs: repeat(() => time(["-e", "0"])), checkMs: repeat(() => time([cli, "check", folder, "--quiet"])) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every model is used, and every step's result is needed. */
function writeSpec(folder: string): void {
  mkdirSync(join(folder, "models"));
  for (let index = 0; index < models; index++)
    writeFileSync(join(folder, "models", `${index}.onnx`), modelBytes(index));
  writeFileSync(join(folder, "bentofile.yaml"), specText());
}

function modelBytes(index: number): Buffer {
  const weights = new Uint8Array(new Float32Array(16).fill(index).buffer);
  return onnxModel({
    inputs: { x: "float32[batch, 4]" },
    outputs: { y: "float32[batch, 4]" },
    initializers: [{ name: "w", type: "float32[4, 4]", data: weights }],
    nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
  });
}

function specText(): string {
  const lines = ["service: large", "models:"];
  for (let index = 0; index < models; index++)
    lines.push(`  m${index}: { source: models/${index}.onnx, batching: { max_batch_size: 8 } }`);
  lines.push("graphs:");
  for (let graph = 0; graph < graphs; graph++) lines.push(...graphLines(graph));
  lines.push("endpoints:");
  for (let graph = 0; graph < graphs; graph++) lines.push(`  - { path: /g${graph}, graph: g${graph} }`);
  return `${lines.join("\n")}\n`;
}

/** Rounds of five steps, each round fed by the one before. */
function graphLines(graph: number): string[] {
  const lines = [`  g${graph}:`, "    inputs:", '      start: { type: "float32[rows, 4]" }', "    steps:"];
  let before = "start";
  for (let round = 0; round < rounds; round++) {
    const model = (graph * rounds + round) % models;
    lines.push(
      `      - { id: scores${round}, use: m${model}, with: { x: $${before} } }`,
      `      - { id: scaled${round}, use: tensor.math, with: { op: mul, a: $scores${round}, b: 0.5 } }`,
      `      - { id: best${round}, use: tensor.argmax, with: { x: $scaled${round} } }`,
      `      - { id: guess${round}, use: classify.top_k, with: { logits: $scaled${round}, labels: [a, b, c, d], k: 2 } }`,
      `      - { id: word${round}, use: text.join, with: { texts: ["$guess${round}[0][0].label", "round ${round}"] }, when: "\${ size(guess${round}) > ${round} }" }`,
    );
    before = `scaled${round}`;
  }
  const outputs = Array.from({ length: rounds }, (_, round) => [
    `      best${round}: $best${round}`,
    `      word${round}: $word${round}`,
  ]);
  return [...lines, "    outputs:", ...outputs.flat()];
}

function time(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  execFileSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function repeat(measure: () => number): readonly number[] {
  return Array.from({ length: runs }, measure);
}
