/** Checks what a model gives against its signature, which onnxruntime does not hold it to: steps and callers count on it. */
import { EkibenError } from "../../errors.js";
import type { ModelOutput, ModelValue } from "../../plan/plan.js";
import { type Dim, printDim } from "../../types/type.js";
import type { Tensor } from "../../values/value.js";
import type { Feeds } from "./check-feeds.js";

interface Signature {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelOutput[];
}

/**
 * Throws `model-failed` unless the outputs that are there fit the declared ones. Named dimensions may have any size, and so may the
 * first one of a model that takes rows: exporters often write that of the one row that they tried.
 */
export function checkOutputs({ inputs, outputs: declared }: Signature, outputs: Feeds): void {
  const from = inputs.some(({ batchable }) => batchable === true) ? 1 : 0;
  for (const output of declared) {
    const tensor = outputs[output.name];
    if (tensor !== undefined && !fits(output, tensor, from)) throw contradiction(output, tensor);
  }
}

function fits({ dtype, shape }: ModelOutput, tensor: Tensor, from: number): boolean {
  return tensor.dtype === dtype && (shape === null || shapeFits(shape, tensor.shape, from));
}

function shapeFits(declared: readonly Dim[], shape: readonly number[], from: number): boolean {
  if (declared.length !== shape.length) return false;
  return declared.every((dim, axis) => axis < from || typeof dim !== "number" || dim === shape[axis]);
}

function contradiction({ name, dtype, shape }: ModelOutput, tensor: Tensor): EkibenError {
  const declared = shape === null ? "..." : shape.map(printDim).join(", ");
  return new EkibenError(
    "model-failed",
    `its output "${name}" is ${tensor.dtype}[${tensor.shape.join(", ")}], and its signature says ${dtype}[${declared}]`,
  );
}
