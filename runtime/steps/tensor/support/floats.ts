/** Elements as float64, to be computed with and rounded once at the end. */
import { invariant } from "../../../errors.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import type { Tensor } from "../../../values/value.js";
import { isNarrow, isWide, numbersOf, tensorOfNumbers, wideOf } from "./numbers.js";

/** The element type of scores, shares and lengths: a float type stays, anything else gives float64. */
export function scoreDType(dtype: DType): DType {
  return dtypes[dtype].kind === "float" ? dtype : "float64";
}

/** A new array of the elements; integers beyond 2^53 are rounded. Strings have none. */
export function floatNumbersOf(tensor: Tensor): Float64Array {
  if (!isWide(tensor.dtype)) return Float64Array.from(numbersOf(tensor));
  const wide = wideOf(tensor);
  const floats = new Float64Array(wide.length);
  for (let i = 0; i < wide.length; i++) floats[i] = Number(wide[i]);
  return floats;
}

/** The tensor of a float type that holds these numbers, rounded to it. */
export function tensorOfFloats(dtype: DType, shape: readonly number[], numbers: Float64Array): Tensor {
  invariant(isNarrow(dtype), "a float type holds floats");
  return tensorOfNumbers(dtype, shape, numbers);
}
