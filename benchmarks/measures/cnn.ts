/** A convolutional network that is bound by arithmetic, against onnxruntime in a loop: nothing may be lost around it. */
import { availableParallelism } from "node:os";
import { counted } from "../../runtime/counted.js";
import { againstLoop } from "../against-loop.js";
import type { Measure, Row } from "../measure.js";
import { cnnCall, cnnInput, cnnModel, cnnSpec } from "../models.js";

const { channels, height, width } = cnnInput;

/** As a spec says nothing of instances: one with all threads; and with an instance a core, which throughput wants. */
export const cnn: Measure = {
  name: "cnn",
  run: async () => [...(await withInstances(1)), ...(await withInstances(availableParallelism()))],
};

function withInstances(instances: number): Promise<readonly Row[]> {
  return againstLoop({
    name: "cnn",
    model: cnnModel(),
    spec: cnnSpec(instances),
    call: cnnCall,
    dims: [channels, height, width],
    connections: 4,
    rounds: 3,
    seconds: 10,
    atLeast: 0.97,
    title: (loopMs) => `CNN of ${loopMs.toFixed(0)} ms, octet-stream, ${counted(instances, "instance")}`,
  });
}
