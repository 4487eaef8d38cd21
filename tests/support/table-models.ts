/** Models of one signature, `x: float32[batch, 2]` to `y`, of the size that a test needs, each with answers of its own. */
import { onnxModel } from "./onnx-model.js";

/** y = factor * x for whole numbers from 0 up to 1000, read from a table of so many bytes. */
export function table(factor: number, bytes: number): Buffer {
  const size = Math.max(1000, Math.floor(bytes / 4));
  const values = Float32Array.from({ length: size }, (_, index) => factor * (index % 1000));
  return onnxModel({
    inputs: { x: "float32[batch, 2]" },
    outputs: { y: "float32[batch, 2]" },
    initializers: [{ name: "table", type: `float32[${size}]`, data: new Uint8Array(values.buffer) }],
    nodes: [
      { operator: "Cast", inputs: ["x"], outputs: ["index"], attributes: { to: 7 } },
      { operator: "Gather", inputs: ["table", "index"], outputs: ["y"] },
    ],
  });
}
