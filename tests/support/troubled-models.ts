/** Models that harm whoever runs them, when their input says so; the zeros of a warm-up do nothing. */
import type { ModelSketch } from "./onnx-model.js";

/** y = x, after `turns` turns of a loop: without end for practical purposes when that is large. */
export function loopModel(): ModelSketch {
  return {
    inputs: { x: "float32[batch, 1]", turns: "int64[]" },
    outputs: { y: "float32[batch, 1]" },
    nodes: [
      {
        operator: "Loop",
        inputs: ["turns", "", "x"],
        outputs: ["y"],
        attributes: {
          body: {
            inputs: { turn: "int64[]", going: "bool[]", before: "float32[batch, 1]" },
            outputs: { still: "bool[]", after: "float32[batch, 1]" },
            nodes: [
              { operator: "Identity", inputs: ["going"], outputs: ["still"] },
              { operator: "Identity", inputs: ["before"], outputs: ["after"] },
            ],
          },
        },
      },
    ],
  };
}

/** y = -x, by a division: the least of all int32 has no opposite, and the processors of Intel and AMD trap that, which ends the process. */
export function dividingModel(): ModelSketch {
  return {
    inputs: { x: "int32[batch, 1]" },
    outputs: { y: "int32[batch, 1]" },
    initializers: [{ name: "minus_one", type: "int32[1]", data: new Uint8Array(Int32Array.of(-1).buffer) }],
    nodes: [{ operator: "Div", inputs: ["x", "minus_one"], outputs: ["y"] }],
  };
}

/** What ends `dividingModel`. */
export const deadlyInput = -(2 ** 31);

/** The sum of `size` ones, each in memory. */
export function eatingModel(): ModelSketch {
  return {
    inputs: { x: "float32[1]", size: "int64[1]" },
    outputs: { y: "float32[]" },
    nodes: [
      { operator: "Expand", inputs: ["x", "size"], outputs: ["many"] },
      { operator: "ReduceSum", inputs: ["many"], outputs: ["y"], attributes: { keepdims: 0 } },
    ],
  };
}
