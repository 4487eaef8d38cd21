/** Models of one signature, `x: float32[batch, 2]` to `y`, that tell which version has answered. */
import { floats, identityModel, onnxModel } from "./onnx-model.js";

/** y = factor * x. */
export function scaled(factor: number): Buffer {
  return onnxModel({
    inputs: { x: "float32[batch, 2]" },
    outputs: { y: "float32[batch, 2]" },
    initializers: [{ name: "factor", type: "float32[1]", data: floats(factor) }],
    nodes: [{ operator: "Mul", inputs: ["x", "factor"], outputs: ["y"] }],
  });
}

/** y = x for 0, 1, 2 and 3; something else for numbers below; it fails for those above. */
export const lookup = onnxModel({
  inputs: { x: "float32[batch, 2]" },
  outputs: { y: "float32[batch, 2]" },
  initializers: [{ name: "table", type: "float32[4]", data: floats(0, 1, 2, 3) }],
  nodes: [
    { operator: "Cast", inputs: ["x"], outputs: ["index"], attributes: { to: 7 } },
    { operator: "Gather", inputs: ["table", "index"], outputs: ["y"] },
  ],
});

/** Its signature is fine, and onnxruntime refuses it. */
export const unknown = onnxModel({
  ...identityModel("float32[batch, 2]"),
  nodes: [{ operator: "NoSuchOperator", inputs: ["x"], outputs: ["y"] }],
});
