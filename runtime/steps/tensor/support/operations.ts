/**
 * The operations of `tensor.math`: how each computes numbers and 64-bit integers, and the element types in which it
 * computes and answers.
 */
import type { DType } from "../../../values/dtype.js";
import { dtypes } from "../../../values/dtype.js";
import {
  divided,
  greater,
  lesser,
  powered,
  powerOfWide,
  remainder,
  remainderOfWide,
  rounded,
  signOf,
} from "./arithmetic.js";
import { floatFor } from "./promote.js";

interface Arity1 {
  readonly arity: 1;
  readonly numbers: (a: number) => number;
  readonly wide?: (a: bigint) => bigint;
}
interface Arity2 {
  readonly arity: 2;
  readonly numbers: (a: number, b: number) => number;
  /** For 64-bit integers; absent where they are computed in a float type. */
  readonly wide?: (a: bigint, b: bigint) => bigint;
  /** For 32-bit integers, whose products float64 does not hold exactly. */
  readonly int32?: (a: number, b: number) => number;
}

interface Typed {
  /** The element type in which the operation computes, for operands of a common type; undefined where it has none. */
  readonly computesIn: (dtype: DType) => DType | undefined;
  /** The result is bool, whatever it was computed in. */
  readonly answersBool?: true;
}

export type Operation = (Arity1 | Arity2) & Typed;

const same = (dtype: DType) => (dtype === "string" ? undefined : dtype);
const sameButBool = (dtype: DType) => (dtype === "bool" ? undefined : same(dtype));
const boolAsInt8 = (dtype: DType) => (dtype === "bool" ? "int8" : same(dtype));
const float = (dtype: DType) => (dtype === "string" ? undefined : floatFor(dtype));
const quotient = (dtype: DType) =>
  dtype === "string" ? undefined : dtypes[dtype].kind === "float" ? dtype : "float64";
const bool = (dtype: DType) => (dtype === "string" ? undefined : "bool");
const anyDType = (dtype: DType) => dtype;

function ofFloats(numbers: (a: number) => number): Operation {
  return { arity: 1, numbers, computesIn: float };
}

/** Comparisons compute in the common type; strings are compared apart, by the same functions of numbers. */
function comparison(numbers: (a: number, b: number) => number, wide: (a: bigint, b: bigint) => boolean): Operation {
  return { arity: 2, numbers, wide: (a, b) => (wide(a, b) ? 1n : 0n), computesIn: anyDType, answersBool: true };
}

export const operations = {
  add: { arity: 2, numbers: (a, b) => a + b, wide: (a, b) => a + b, computesIn: same },
  sub: { arity: 2, numbers: (a, b) => a - b, wide: (a, b) => a - b, computesIn: sameButBool },
  mul: { arity: 2, numbers: (a, b) => a * b, wide: (a, b) => a * b, int32: Math.imul, computesIn: same },
  div: { arity: 2, numbers: divided, computesIn: quotient },
  pow: { arity: 2, numbers: powered, wide: powerOfWide, computesIn: boolAsInt8 },
  mod: { arity: 2, numbers: remainder, wide: remainderOfWide, computesIn: boolAsInt8 },
  min: { arity: 2, numbers: Math.min, wide: lesser, computesIn: same },
  max: { arity: 2, numbers: Math.max, wide: greater, computesIn: same },
  exp: ofFloats(Math.exp),
  log: ofFloats(Math.log),
  sqrt: ofFloats(Math.sqrt),
  tanh: ofFloats(Math.tanh),
  abs: { arity: 1, numbers: Math.abs, wide: (a) => (a < 0n ? -a : a), computesIn: same },
  neg: { arity: 1, numbers: (a) => -a, wide: (a) => -a, computesIn: sameButBool },
  sign: { arity: 1, numbers: signOf, wide: (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n), computesIn: sameButBool },
  round: { arity: 1, numbers: rounded, wide: (a) => a, computesIn: sameButBool },
  floor: { arity: 1, numbers: Math.floor, wide: (a) => a, computesIn: same },
  ceil: { arity: 1, numbers: Math.ceil, wide: (a) => a, computesIn: same },
  equal: comparison(
    (a, b) => Number(a === b),
    (a, b) => a === b,
  ),
  not_equal: comparison(
    (a, b) => Number(a !== b),
    (a, b) => a !== b,
  ),
  less: comparison(
    (a, b) => Number(a < b),
    (a, b) => a < b,
  ),
  less_equal: comparison(
    (a, b) => Number(a <= b),
    (a, b) => a <= b,
  ),
  greater: comparison(
    (a, b) => Number(a > b),
    (a, b) => a > b,
  ),
  greater_equal: comparison(
    (a, b) => Number(a >= b),
    (a, b) => a >= b,
  ),
  and: { arity: 2, numbers: (a, b) => a & b, computesIn: bool },
  or: { arity: 2, numbers: (a, b) => a | b, computesIn: bool },
  xor: { arity: 2, numbers: (a, b) => a ^ b, computesIn: bool },
  not: { arity: 1, numbers: (a) => 1 - a, computesIn: bool },
} as const satisfies { readonly [name: string]: Operation };

export type OperationName = keyof typeof operations;

/** The operation of a name, or undefined. */
export function operationNamed(name: OperationName): Operation {
  return operations[name];
}

export const operationNames = [
  "add",
  "sub",
  "mul",
  "div",
  "pow",
  "mod",
  "min",
  "max",
  "exp",
  "log",
  "sqrt",
  "tanh",
  "abs",
  "neg",
  "sign",
  "round",
  "floor",
  "ceil",
  "equal",
  "not_equal",
  "less",
  "less_equal",
  "greater",
  "greater_equal",
  "and",
  "or",
  "xor",
  "not",
] as const satisfies readonly OperationName[];
