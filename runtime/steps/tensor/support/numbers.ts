/**
 * Elements as numbers that kernels compute with: float16 is held as float32 in between. 64-bit integers and strings are
 * kept apart, as their elements are no numbers.
 */
import { assertNever, invariant } from "../../../errors.js";
import type { DType } from "../../../values/dtype.js";
import { fromFloat16, toFloat16 } from "../../../values/float16.js";
import { Tensor } from "../../../values/value.js";

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;
export type WideArray = BigInt64Array | BigUint64Array;
export type WideDType = "int64" | "uint64";
export type NarrowDType = Exclude<DType, WideDType | "string">;

export function isWide(dtype: DType): dtype is WideDType {
  return dtype === "int64" || dtype === "uint64";
}

export function isNarrow(dtype: DType): dtype is NarrowDType {
  return !isWide(dtype) && dtype !== "string";
}

/** A new array to compute a result of this type in. */
export function workArray(dtype: NarrowDType, length: number): NumberArray {
  switch (dtype) {
    case "float16":
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int8":
      return new Int8Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
    case "int16":
      return new Int16Array(length);
    case "uint16":
      return new Uint16Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint32":
      return new Uint32Array(length);
    default:
      return assertNever(dtype);
  }
}

/** The elements of a tensor that holds neither 64-bit integers nor strings; not to be written to. */
export function numbersOf(tensor: Tensor): NumberArray {
  const { data, dtype } = tensor;
  invariant(
    !Array.isArray(data) && !(data instanceof BigInt64Array) && !(data instanceof BigUint64Array),
    `${dtype} elements are numbers`,
  );
  return dtype === "float16" ? Float32Array.from(data, fromFloat16) : data;
}

/** The elements of a tensor of 64-bit integers; not to be written to. */
export function wideOf(tensor: Tensor): WideArray {
  const { data, dtype } = tensor;
  invariant(data instanceof BigInt64Array || data instanceof BigUint64Array, `${dtype} elements are 64-bit integers`);
  return data;
}

/** The tensor of elements that were computed in a work array; a result in another array is rounded or wrapped to the type. */
export function tensorOfNumbers(dtype: NarrowDType, shape: readonly number[], numbers: NumberArray): Tensor {
  if (dtype === "float16") return new Tensor<DType>(dtype, shape, halvesOf(numbers));
  const array = workArray(dtype, 0);
  if (array.constructor === numbers.constructor) return new Tensor<DType>(dtype, shape, numbers);
  const data = workArray(dtype, numbers.length);
  data.set(numbers);
  return new Tensor<DType>(dtype, shape, data);
}

export function wideArray(dtype: WideDType, length: number): WideArray {
  return dtype === "int64" ? new BigInt64Array(length) : new BigUint64Array(length);
}

/** NumPy computes float16 in float32 and rounds then; so does this. */
function halvesOf(numbers: NumberArray): Uint16Array {
  const halves = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) halves[i] = toFloat16(Math.fround(numbers[i] ?? 0));
  return halves;
}
