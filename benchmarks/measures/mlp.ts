/** A picture of 784 numbers as JSON, to ten classes: what it costs to read the numbers counts. */
import { againstExpress } from "../against-express.js";
import type { Measure } from "../measure.js";
import { mlpModel } from "../models.js";

const spec = `service: mlp
models: { net: { source: model.onnx, batching: { max_batch_size: 64 } } }
graphs:
  classify:
    inputs: { x: { type: "float32[784]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /predict, graph: classify }]
`;

/** Gray values from 0 to 1 as float32, in the digits that Python and JavaScript print of them. */
const pixels = Array.from({ length: 784 }, (_, index) => Math.fround(((index * 37) % 256) / 255));

export const mlp: Measure = {
  name: "mlp",
  run: () =>
    againstExpress({
      name: "mlp",
      title: "MLP 784→10, JSON rows",
      model: mlpModel(),
      spec,
      call: { path: "/predict", contentType: "application/json", body: Buffer.from(JSON.stringify({ x: pixels })) },
      connections: 16,
      atLeast: 3,
    }),
};
