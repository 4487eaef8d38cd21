/** What the steps that reduce tensors share besides their kernels: the words of their arguments and their type rule. */
import { invalidInput } from "../../../errors.js";
import { type Dim, type Type, tensorOf } from "../../../types/type.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import { sizeOf, type Tensor } from "../../../values/value.js";
import type { StepTyping } from "../../step.js";
import { checkedAxis, isString, literalIntegers, refusesDType, tensorTypeOf } from "./typing.js";

export const reduceArguments = {
  axes: { type: "list<integer>", description: "The axes to reduce; all of them when left out.", optional: true },
  keepdims: { type: "boolean", description: "Whether reduced axes stay, with length 1.", default: false },
} as const;

/** The element type in which NumPy sums and multiplies: integers and booleans become 64-bit integers. */
export function sumDType(dtype: DType): DType {
  const { kind } = dtypes[dtype];
  return kind === "float" ? dtype : kind === "uint" ? "uint64" : "int64";
}

/** Throws where the elements are strings. */
export function checkNumbers(step: string, x: Tensor): void {
  if (x.dtype === "string") throw invalidInput(`"${step}" takes numbers for "x", not strings`);
}

/** The type of a reduced tensor, whose element type follows from that of `x`. */
export function reducedType(typing: StepTyping, resultOf: (dtype: DType) => DType): Type {
  const x = tensorTypeOf(typing, "x");
  if (refusesDType(typing, "x", x, isString, "only numbers can be reduced")) return { kind: "unknown" };
  const dtype = x.dtype === null ? null : resultOf(x.dtype);
  const axes = literalIntegers(typing, "axes");
  const keepdims = typing.literal("keepdims");
  const all = typing.type("axes") === undefined;
  if (all && keepdims === false) return tensorOf(dtype, []);
  if (x.shape === null || keepdims === undefined || (axes === undefined && !all)) return tensorOf(dtype, null);
  const reduced = new Set<number>();
  for (const axis of axes ?? x.shape.keys()) {
    const found = checkedAxis(typing, axis, x.shape.length, "axes");
    if (found === "failed") return { kind: "unknown" };
    reduced.add(found);
  }
  return tensorOf(dtype, reducedShape(x.shape, reduced, keepdims === true));
}

function reducedShape(shape: readonly Dim[], reduced: ReadonlySet<number>, keepdims: boolean): readonly Dim[] {
  return shape.flatMap((dim, axis) => (reduced.has(axis) ? (keepdims ? [1] : []) : [dim]));
}

export function reductionWork({ x }: { readonly x: Tensor }): number {
  return sizeOf(x.shape);
}
