/**
 * The models that are measured, made in memory: a tiny classifier, a small perceptron, one that is bound by its weights, and a
 * convolutional network that is bound by arithmetic; with the specs and calls that several measures share.
 */
import { type InitializerSketch, type NodeSketch, onnxModel } from "../tests/support/onnx-model.js";
import type { Call } from "./service.js";

/** 4 numbers to 3 probabilities: the cost of a request is all around it. */
export function tinyModel(): Buffer {
  return onnxModel({
    inputs: { x: "float32[batch, 4]" },
    outputs: { y: "float32[batch, 3]" },
    initializers: [weights("w", [4, 3]), weights("b", [3])],
    nodes: [
      { operator: "Gemm", inputs: ["x", "w", "b"], outputs: ["z"] },
      { operator: "Softmax", inputs: ["z"], outputs: ["y"] },
    ],
  });
}

/** 784 numbers by 128 hidden ones to 10 logits. */
export function mlpModel(): Buffer {
  return onnxModel({
    inputs: { x: "float32[batch, 784]" },
    outputs: { y: "float32[batch, 10]" },
    initializers: [weights("w1", [784, 128]), weights("b1", [128]), weights("w2", [128, 10]), weights("b2", [10])],
    nodes: [
      { operator: "Gemm", inputs: ["x", "w1", "b1"], outputs: ["h"] },
      { operator: "Relu", inputs: ["h"], outputs: ["r"] },
      { operator: "Gemm", inputs: ["r", "w2", "b2"], outputs: ["y"] },
    ],
  });
}

export const cnnInput = { channels: 3, height: 64, width: 64 } as const;

/** Ten convolutions of 136 channels: some 40 ms on two cores of a server. */
export function cnnModel(): Buffer {
  const layers = 10;
  const initializers: InitializerSketch[] = [];
  const nodes: NodeSketch[] = [];
  let from = "image";
  for (let layer = 0; layer < layers; layer++) {
    initializers.push(weights(`w${layer}`, [136, layer === 0 ? cnnInput.channels : 136, 3, 3]));
    nodes.push({ operator: "Conv", inputs: [from, `w${layer}`], outputs: [`c${layer}`] });
    nodes.push({ operator: "Relu", inputs: [`c${layer}`], outputs: [`r${layer}`] });
    from = `r${layer}`;
  }
  nodes.push({ operator: "GlobalAveragePool", inputs: [from], outputs: ["pooled"] });
  nodes.push({ operator: "Flatten", inputs: ["pooled"], outputs: ["features"] });
  const { channels, height, width } = cnnInput;
  return onnxModel({
    inputs: { image: `float32[batch, ${channels}, ${height}, ${width}]` },
    outputs: { features: "float32[batch, 136]" },
    initializers,
    nodes,
  });
}

/** With settings of its model, in flow style. */
export function cnnSpec(settings = ""): string {
  const { channels, height, width } = cnnInput;
  return `service: cnn
models: { net: { source: model.onnx${settings} } }
graphs:
  features:
    inputs: { image: { type: "float32[${channels}, ${height}, ${width}]" } }
    steps: [{ id: out, use: net, with: { image: $image } }]
    outputs: { features: $out.features }
endpoints: [{ path: /features, graph: features }]
`;
}

export const cnnCall: Call = {
  path: "/features",
  contentType: "application/octet-stream",
  body: Buffer.from(new Float32Array(cnnInput.channels * cnnInput.height * cnnInput.width).fill(0.5).buffer),
};

/** With settings of its model, in flow style. */
export function tinySpecOf(settings: string): string {
  return `service: tiny
models: { net: { source: model.onnx, ${settings} } }
graphs:
  predict:
    inputs: { x: { type: "float32[4]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /predict, graph: predict }]
`;
}

export const tinySpec = tinySpecOf("batching: { max_batch_size: 64 }");

export const tinyCall: Call = {
  path: "/predict",
  contentType: "application/json",
  body: Buffer.from(JSON.stringify({ x: [5.1, 3.5, 1.4, 0.2] })),
};

export const heavyInput = 512;

/** 512 numbers through three layers to 128: 20 million weights, 80 MB. */
export function heavyModel(): Buffer {
  const widths = [heavyInput, 3072, 3072, 2816, 128];
  const initializers: InitializerSketch[] = [];
  const nodes: NodeSketch[] = [];
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [from = 0, to = 0] = widths.slice(layer);
    const isLast = layer + 2 === widths.length;
    initializers.push(weights(`w${layer}`, [from, to]), weights(`b${layer}`, [to]));
    nodes.push({
      operator: "Gemm",
      inputs: [layer === 0 ? "x" : `r${layer - 1}`, `w${layer}`, `b${layer}`],
      outputs: [isLast ? "y" : `h${layer}`],
    });
    if (!isLast) nodes.push({ operator: "Relu", inputs: [`h${layer}`], outputs: [`r${layer}`] });
  }
  return onnxModel({
    inputs: { x: `float32[batch, ${heavyInput}]` },
    outputs: { y: "float32[batch, 128]" },
    initializers,
    nodes,
  });
}

/** Small values of both signs, the same at every run. */
function weights(name: string, shape: readonly number[]): InitializerSketch {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length: size }, (_, index) => (((index * 7919) % 1000) / 1000 - 0.5) * 0.1);
  return { name, type: `float32[${shape.join(", ")}]`, data: new Uint8Array(data.buffer) };
}
