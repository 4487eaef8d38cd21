/** A convolutional network that is bound by arithmetic, against onnxruntime in a loop: nothing may be lost around it. */
import { availableParallelism } from "node:os";
import { counted } from "../../runtime/counted.js";
import { againstLoop } from "../against-loop.js";
import type { Measure, Row } from "../measure.js";
import { cnnCall, cnnInput, cnnModel, cnnSpec } from "../models.js";

const { channels, height, width } = cnnInput;

/** As a spec that says nothing of instances has it, which finds out by itself; and with an instance a core from the start. */
const cores = availableParallelism();

export const cnn: Measure = {
  name: "cnn",
  run: async () => [
    ...(await measured("", "")),
    ...(await measured(`, instances: ${cores}`, `, ${counted(cores, "instance")}`)),
  ],
};

function measured(settings: string, title: string): Promise<readonly Row[]> {
  return againstLoop({
    name: "cnn",
    model: cnnModel(),
    spec: cnnSpec(settings),
    call: cnnCall,
    dims: [channels, height, width],
    connections: 4,
    rounds: 3,
    seconds: 10,
    atLeast: 0.97,
    title: (loopMs) => `CNN of ${loopMs.toFixed(0)} ms, octet-stream${title}`,
  });
}
