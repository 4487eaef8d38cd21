/**
 * The models of `specs/`: each as small as the feature that it is there for, made here and kept in `specs/models/`.
 * `UPDATE_SPECS=1 npx jest dist/tests/specs.test.js` writes them.
 */
import type { ModelSketch } from "./onnx-model.js";
import { floats, identityModel, onnxModel } from "./onnx-model.js";

/** File name to bytes. */
export function specModels(): ReadonlyMap<string, Uint8Array> {
  const sketches: { readonly [name: string]: ModelSketch } = { ...goodModels, ...brokenModels };
  const files = Object.entries(sketches).map(([name, sketch]) => [`${name}.onnx`, onnxModel(sketch)] as const);
  return new Map<string, Uint8Array>([
    ...files,
    ...versionFiles(),
    ["no-model.onnx", Buffer.from("<!DOCTYPE html>\n<title>404</title>\n")],
  ]);
}

/** Folders of versions. */
function versionFiles(): readonly (readonly [string, Uint8Array])[] {
  const scorer = (rows: string, columns: number, shift: number): Buffer =>
    onnxModel({
      inputs: { x: `float32[${rows}, ${columns}]` },
      outputs: { y: `float32[${rows}, 3]` },
      initializers: [
        {
          name: "weights",
          type: `float32[${columns}, 3]`,
          data: floats(...countTo(columns * 3).map((weight) => weight + shift)),
        },
      ],
      nodes: [{ operator: "MatMul", inputs: ["x", "weights"], outputs: ["y"] }],
    });
  const first = scorer("batch", 4, 0);
  return [
    ["scorers/1/model.onnx", first],
    // Its dimension has another name, and its file is named by whoever exported it.
    ["scorers/2/scorer-v2.onnx", scorer("rows", 4, 1)],
    ["scorers/10/model.onnx", scorer("batch", 4, 2)],
    // No versions, as in a model repository.
    ["scorers/01/model.onnx", Buffer.from("no version\n")],
    ["scorers/archive/model.onnx", Buffer.from("no version\n")],
    ["half-copied/1/model.onnx", first],
    ["half-copied/2/model.onnx", scorer("batch", 4, 1).subarray(0, 100)],
    ["mixed/1/model.onnx", first],
    ["mixed/2/model.onnx", scorer("batch", 5, 0)],
    ["mixed/3/model.onnx", onnxModel(identityModel("float32[batch, 4]"))],
    ["mixed/4/model.onnx", onnxModel(identityModel("float32[batch, 4]", "x", "z"))],
  ];
}

const goodModels = {
  /** A running sum: what it has added up goes out, and in again. */
  summer: {
    inputs: { x: "float32[batch, 1]", total: "float32[batch, 1]" },
    outputs: { sum: "float32[batch, 1]", next: "float32[batch, 1]" },
    nodes: [
      { operator: "Add", inputs: ["x", "total"], outputs: ["sum"] },
      { operator: "Identity", inputs: ["sum"], outputs: ["next"] },
    ],
  },
  /** Chunks of a stream, with a state that grows and one that has no rows. */
  streams: {
    inputs: { chunk: "float32[batch, steps, 2]", past: "float32[batch, past, 2]", memory: "float32[2, batch, 3]" },
    outputs: {
      y: "float32[batch, steps, 2]",
      grown: "float32[batch, total, 2]",
      kept: "float32[2, batch, 3]",
      codes: "int64[batch, steps, 2]",
    },
    nodes: [
      { operator: "Identity", inputs: ["chunk"], outputs: ["y"] },
      { operator: "Concat", inputs: ["past", "chunk"], outputs: ["grown"], attributes: { axis: 1 } },
      { operator: "Identity", inputs: ["memory"], outputs: ["kept"] },
      { operator: "Cast", inputs: ["chunk"], outputs: ["codes"], attributes: { to: 7 } },
    ],
  },
  /** Pictures of 8 x 8 in, ten scores out. */
  reader: {
    inputs: { pixels: "float32[batch, 1, 8, 8]" },
    outputs: { logits: "float32[batch, 10]" },
    initializers: [{ name: "weights", type: "float32[64, 10]", data: floats(...countTo(640)) }],
    nodes: [
      { operator: "Flatten", inputs: ["pixels"], outputs: ["flat"], attributes: { axis: 1 } },
      { operator: "MatMul", inputs: ["flat", "weights"], outputs: ["logits"] },
    ],
  },
  /** Four numbers in, three out, rows counted. */
  scorer: {
    inputs: { x: "float32[batch, 4]" },
    outputs: { y: "float32[batch, 3]" },
    initializers: [{ name: "weights", type: "float32[4, 3]", data: floats(...countTo(12)) }],
    nodes: [{ operator: "MatMul", inputs: ["x", "weights"], outputs: ["y"] }],
  },
  /** Two inputs that share their rows. */
  adder: {
    inputs: { a: "float32[batch, 4]", b: "float32[batch, 4]" },
    outputs: { sum: "float32[batch, 4]" },
    nodes: [{ operator: "Add", inputs: ["a", "b"], outputs: ["sum"] }],
  },
  /** As a language model's encoder: ids and mask in, a vector a token out. */
  encoder: {
    inputs: { input_ids: "int64[batch, sequence]", attention_mask: "int64[batch, sequence]" },
    outputs: { hidden: "float32[batch, sequence, 2]" },
    initializers: [
      { name: "last", type: "int64[1]", data: new Uint8Array(new BigInt64Array([-1n]).buffer) },
      { name: "weights", type: "float32[1, 2]", data: floats(1, -1) },
    ],
    nodes: [
      { operator: "Mul", inputs: ["input_ids", "attention_mask"], outputs: ["masked"] },
      { operator: "Cast", inputs: ["masked"], outputs: ["numbers"], attributes: { to: 1 } },
      { operator: "Unsqueeze", inputs: ["numbers", "last"], outputs: ["column"] },
      { operator: "MatMul", inputs: ["column", "weights"], outputs: ["hidden"] },
    ],
  },
  /** Exported for one item at a time. */
  single: identityModel("float32[1, 4]"),
  /** No rows at all. */
  whole: identityModel("float32[4]"),
  /** One number a row. */
  vector: identityModel("float32[n]"),
  /** Its output's first dimension has a name of its own, which may be rows. */
  renamed: { ...identityModel("float32[batch, 4]"), outputs: { y: "float32[rows, 4]" } },
  /** An output for all rows together. */
  total: {
    inputs: { x: "float32[batch, 4]" },
    outputs: { y: "float32[1, 1]" },
    nodes: [{ operator: "ReduceSum", inputs: ["x"], outputs: ["y"] }],
  },
  /** An input that an initializer stands for. */
  biased: {
    inputs: { x: "float32[batch, 4]", bias: "float32[4]" },
    outputs: { y: "float32[batch, 4]" },
    initializers: [{ name: "bias", type: "float32[4]", data: floats(1, 2, 3, 4) }],
    nodes: [{ operator: "Add", inputs: ["x", "bias"], outputs: ["y"] }],
  },
  /** Texts in, texts out. */
  echo: identityModel("string[n]"),
} satisfies { readonly [name: string]: ModelSketch };

const brokenModels = {
  /** As scikit-learn exports a classifier unless it is told otherwise. */
  zipmap: {
    inputs: { x: "float32[batch, 4]" },
    outputs: { label: "int64[batch]", probabilities: "sequence<map<int64, float32>>" },
  },
  "no-outputs": { inputs: { x: "float32[batch, 4]" } },
  "future-ir": { ...identityModel("float32[batch, 4]"), irVersion: 99 },
  "missing-weights": {
    inputs: { x: "float32[batch, 4]" },
    outputs: { y: "float32[batch, 3]" },
    initializers: [{ name: "weights", type: "float32[4, 3]", data: { location: "weights.bin" } }],
    nodes: [{ operator: "MatMul", inputs: ["x", "weights"], outputs: ["y"] }],
  },
  /** Only a start can tell: the operator does not exist. */
  "unknown-operator": {
    inputs: { x: "float32[batch, 4]" },
    outputs: { y: "float32[batch, 4]" },
    nodes: [{ operator: "Frobnicate", inputs: ["x"], outputs: ["y"] }],
  },
} satisfies { readonly [name: string]: ModelSketch };

/** `count` different small numbers. */
function countTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => ((index * 7) % 11) / 10 - 0.5);
}
