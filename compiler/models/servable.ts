/** The inputs and outputs of a signature as tensors that can be served, or the first that cannot, by name. */
import type { Dim } from "../../runtime/types/type.js";
import type { DType } from "../../runtime/values/dtype.js";
import { servableDType } from "./element-types.js";
import type { OnnxValue } from "./graph-message.js";
import { type ModelProblem, problem } from "./problem.js";
import type { Signature } from "./signature.js";
import { type OnnxType, printOnnxType } from "./value-type.js";

export interface ServableValue {
  readonly name: string;
  readonly dtype: DType;
  /** null: unknown rank. */
  readonly shape: readonly Dim[] | null;
}

export interface ServableInput extends ServableValue {
  readonly optional: boolean;
}

export type Servable =
  | { readonly ok: true; readonly inputs: readonly ServableInput[]; readonly outputs: readonly ServableValue[] }
  | { readonly ok: false; readonly problem: ModelProblem };

/** Every input and output must be a tensor of an element type that onnxruntime-node carries. */
export function servableSignature(signature: Signature): Servable {
  const inputs: ServableInput[] = [];
  const outputs: ServableValue[] = [];
  for (const input of signature.inputs) {
    const value = servable(input);
    if (value === undefined) return { ok: false, problem: unsupported("input", input) };
    inputs.push({ ...value, optional: input.optional });
  }
  for (const output of signature.outputs) {
    const value = servable(output);
    if (value === undefined) return { ok: false, problem: unsupported("output", output) };
    outputs.push(value);
  }
  return { ok: true, inputs, outputs };
}

function servable({ name, type }: OnnxValue): ServableValue | undefined {
  if (type.kind !== "tensor") return undefined;
  const dtype = servableDType(type.elementType);
  return dtype && { name, dtype, shape: type.shape };
}

function unsupported(what: "input" | "output", { name, type }: OnnxValue): ModelProblem {
  return problem(
    "model-unsupported-type",
    `The model's ${what} "${name}" is of type ${printOnnxType(type)}; only tensors of numbers, booleans and strings can be served.`,
    helpFor(type),
  );
}

function helpFor(type: OnnxType): string {
  if (type.kind === "sequence" && type.item.kind === "map")
    return 'Export it without the ZipMap, which makes one map a row: `convert_sklearn(…, options={"zipmap": False})` of skl2onnx.';
  if (type.kind === "undeclared")
    return "Run `onnx.shape_inference.infer_shapes` on the model and save it, so that the type is declared.";
  if (type.kind === "tensor") return "Export the model with float32 inputs and outputs, or add a Cast at its border.";
  return "Export the model with tensors at its border: stack a sequence, and leave out optional values.";
}
