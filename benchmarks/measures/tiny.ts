/** A model of microseconds: what a request costs is what is around it. */
import { againstExpress } from "../against-express.js";
import type { Measure } from "../measure.js";
import { tinyModel } from "../models.js";

const spec = `service: tiny
models: { net: { source: model.onnx, batching: { max_batch_size: 64 } } }
graphs:
  predict:
    inputs: { x: { type: "float32[4]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /predict, graph: predict }]
`;

export const tiny: Measure = {
  name: "tiny",
  run: () =>
    againstExpress({
      name: "tiny",
      title: "tiny model",
      model: tinyModel(),
      spec,
      call: {
        path: "/predict",
        contentType: "application/json",
        body: Buffer.from(JSON.stringify({ x: [5.1, 3.5, 1.4, 0.2] })),
      },
      connections: 64,
      atLeast: 4,
    }),
};
