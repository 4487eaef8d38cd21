/** Sums in float64 where they are exact for integers, and in wrapping 64-bit integers elsewhere. */
import { type DType, dtypes } from "../../../values/dtype.js";
import { Tensor } from "../../../values/value.js";
import { convert } from "./convert.js";
import { floatNumbersOf, tensorOfFloats } from "./floats.js";
import { isWide, numbersOf, wideArray, wideOf } from "./numbers.js";
import { foldNumbers, foldWide, type Reduction } from "./reduce.js";
import { sumDType } from "./reduce-arguments.js";

/** The sum of each place, 0 where nothing meets. */
export function sumOf(x: Tensor, reduction: Reduction): Tensor {
  const dtype = sumDType(x.dtype);
  if (!isWide(dtype)) return tensorOfFloats(dtype, reduction.result, addedUp(reduction, numbersOf(x)));
  // Sums of this many narrow integers are exact in float64.
  const exact = !isWide(x.dtype) && reduction.count <= 2 ** (53 - 8 * dtypes[x.dtype].bytes);
  if (exact) return convert(new Tensor<DType>("float64", reduction.result, addedUp(reduction, numbersOf(x))), dtype);
  const sums = wideArray(
    dtype,
    reduction.result.reduce((size, dim) => size * dim, 1),
  );
  const data = foldWide(reduction, wideOf(convert(x, dtype)), sums, (sum, value) => sum + value);
  return new Tensor<DType>(dtype, reduction.result, data);
}

/** The sum of each place in float64. */
export function floatSums(x: Tensor, reduction: Reduction): Float64Array {
  return addedUp(reduction, isWide(x.dtype) ? floatNumbersOf(x) : numbersOf(x));
}

function addedUp(reduction: Reduction, numbers: ArrayLike<number>): Float64Array {
  return foldNumbers(reduction, numbers, 0, (sum, value) => sum + value);
}
