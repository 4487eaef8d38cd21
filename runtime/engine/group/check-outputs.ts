/** Checks what a model gives against its signature, which onnxruntime does not hold it to: steps and callers count on it. */
import { EkibenError } from "../../errors.js";
import type { ModelOutput } from "../../plan/plan.js";
import { type Dim, printDim } from "../../types/type.js";
import type { Tensor } from "../../values/value.js";
import type { Feeds } from "./check-feeds.js";

/** Throws `model-failed` unless the outputs that are there fit the declared ones. Named dimensions may have any size. */
export function checkOutputs(declared: readonly ModelOutput[], outputs: Feeds): void {
  for (const output of declared) {
    const tensor = outputs[output.name];
    if (tensor !== undefined && !fits(output, tensor)) throw contradiction(output, tensor);
  }
}

function fits({ dtype, shape }: ModelOutput, tensor: Tensor): boolean {
  return tensor.dtype === dtype && (shape === null || shapeFits(shape, tensor.shape));
}

function shapeFits(declared: readonly Dim[], shape: readonly number[]): boolean {
  return (
    declared.length === shape.length && declared.every((dim, axis) => typeof dim !== "number" || dim === shape[axis])
  );
}

function contradiction({ name, dtype, shape }: ModelOutput, tensor: Tensor): EkibenError {
  const declared = shape === null ? "..." : shape.map(printDim).join(", ");
  return new EkibenError(
    "model-failed",
    `its output "${name}" is ${tensor.dtype}[${tensor.shape.join(", ")}], and its signature says ${dtype}[${declared}]`,
  );
}
