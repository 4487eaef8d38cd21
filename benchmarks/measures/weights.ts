/** A perceptron of 80 MB, which spends its time reading its weights: read once for many rows, they cost a row little. */
import { againstLoop } from "../against-loop.js";
import type { Measure } from "../measure.js";
import { heavyInput, heavyModel } from "../models.js";

const spec = `service: heavy
models: { net: { source: model.onnx, batching: { max_batch_size: 64 } } }
graphs:
  predict:
    inputs: { x: { type: "float32[${heavyInput}]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /predict, graph: predict }]
`;

export const weights: Measure = {
  name: "weights",
  run: () =>
    againstLoop({
      name: "heavy",
      model: heavyModel(),
      spec,
      call: {
        path: "/predict",
        contentType: "application/octet-stream",
        body: Buffer.from(new Float32Array(heavyInput).fill(0.5).buffer),
      },
      dims: [heavyInput],
      connections: 64,
      rounds: 5,
      seconds: 5,
      atLeast: 5,
      title: (loopMs) => `MLP of 80 MB, ${loopMs.toFixed(1)} ms a row alone, octet-stream, 64 connections`,
    }),
};
