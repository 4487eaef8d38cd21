/** What type rules of tensor steps share: the tensor that an argument will be, and arithmetic with dimensions. */
import { EkibenError } from "../../../errors.js";
import { type Dim, type TensorType, type Type, tensorOf } from "../../../types/type.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import { tensorFromNested } from "../../../values/nested.js";
import type { Json } from "../../../values/value.js";
import type { StepTyping } from "../../step.js";
import { frontAxis, noSuchAxis } from "./axes.js";

export type Shape = readonly Dim[];

/** The tensor that an argument will be when it is bound; one of unknown type and rank where that cannot be told. */
export function tensorTypeOf(typing: StepTyping, name: string): TensorType {
  const literal = typing.literal(name);
  const written = literal === undefined ? undefined : writtenTensor(literal);
  return written ?? asTensorType(typing.type(name));
}

/** A value's type as the tensor that it becomes where a tensor is taken. */
export function asTensorType(type: Type | undefined): TensorType {
  switch (type?.kind) {
    case "tensor":
      return type;
    case "integer":
      return tensorOf("int64", []);
    // A number without a fraction becomes int64, any other float64: which, only the value tells.
    case "number":
      return tensorOf(null, []);
    case "boolean":
      return tensorOf("bool", []);
    case "string":
      return tensorOf("string", []);
    case "list": {
      const item = asTensorType(type.item);
      // Without items there is no telling the element type.
      return tensorOf(
        type.item.kind === "tensor" ? item.dtype : null,
        item.shape === null ? null : [null, ...item.shape],
      );
    }
    default:
      return tensorOf(null, null);
  }
}

function writtenTensor(literal: Json): TensorType | undefined {
  try {
    const { dtype, shape } = tensorFromNested(literal);
    return tensorOf(dtype, shape);
  } catch (error) {
    if (error instanceof EkibenError) return undefined;
    throw error;
  }
}

/** The integer that the spec writes for an argument, or undefined. */
export function literalInteger(typing: StepTyping, name: string): number | undefined {
  const literal = typing.literal(name);
  return typeof literal === "number" ? literal : undefined;
}

/** The integers that the spec writes for an argument, or undefined. */
export function literalIntegers(typing: StepTyping, name: string): readonly number[] | undefined {
  const literal = typing.literal(name);
  if (!Array.isArray(literal)) return undefined;
  const integers = literal.filter((item): item is number => typeof item === "number");
  return integers.length === literal.length ? integers : undefined;
}

/** An axis of a type rule: counted from the front, not known before the service runs, or reported as wrong. */
export type AxisFound = number | "unknown" | "failed";

/** The axis that an argument names in a shape. */
export function axisIn(typing: StepTyping, shape: Shape | null, name = "axis"): AxisFound {
  const axis = literalInteger(typing, name);
  return axis === undefined || shape === null ? "unknown" : checkedAxis(typing, axis, shape.length, name);
}

export function checkedAxis(typing: StepTyping, axis: number, rank: number, name: string): number | "failed" {
  const found = frontAxis(axis, rank);
  if (found !== undefined) return found;
  typing.fail(
    name,
    "bad-argument",
    `there is no axis ${noSuchAxis(axis, rank)}`,
    "name an axis of the tensor; -1 is its last",
  );
  return "failed";
}

/** Reports elements that the step cannot compute with; true when it did. */
export function refusesDType(
  typing: StepTyping,
  name: string,
  type: TensorType,
  refused: (dtype: DType) => boolean,
  takes: string,
): boolean {
  if (type.dtype === null || !refused(type.dtype)) return false;
  typing.fail(name, "type-mismatch", `"${name}" holds ${type.dtype}, but ${takes}`, "convert it with tensor.cast");
  return true;
}

export function isString(dtype: DType): boolean {
  return dtype === "string";
}

export function isStringOrBool(dtype: DType): boolean {
  return dtype === "string" || dtype === "bool";
}

export function isNoInteger(dtype: DType): boolean {
  const { kind } = dtypes[dtype];
  return kind !== "int" && kind !== "uint";
}

/** The product of dimensions, or null where one is not fixed. */
export function productOf(dims: Shape): number | null {
  let product = 1;
  for (const dim of dims) {
    if (typeof dim !== "number") return null;
    product *= dim;
  }
  return product;
}

/** The dimension that two dimensions broadcast to; undefined where they cannot. */
function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === 1) return b;
  if (b === 1 || a === b) return a;
  if (typeof a === "number") return typeof b === "number" ? undefined : a;
  // The one that is not fixed is 1 or equals the other.
  return typeof b === "number" ? b : null;
}

/** The shape that shapes broadcast to, null where a rank is unknown, undefined where they cannot. */
export function broadcastTypes(...shapes: readonly (Shape | null)[]): Shape | null | undefined {
  let common: Shape = [];
  for (const shape of shapes) {
    if (shape === null) return null;
    const [long, short] = shape.length > common.length ? [shape, common] : [common, shape];
    const offset = long.length - short.length;
    const dims: Dim[] = long.slice(0, offset);
    for (const [i, dim] of short.entries()) {
      const both = broadcastDim(long[offset + i] ?? null, dim);
      if (both === undefined) return undefined;
      dims.push(both);
    }
    common = dims;
  }
  return common;
}
