/** Elements from one type to another as NumPy's astype does it: integers wrap, floats round to nearest, NaN is true. */
import { invariant } from "../../../errors.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import { toFloat16 } from "../../../values/float16.js";
import { Tensor } from "../../../values/value.js";
import {
  isNarrow,
  isWide,
  type NumberArray,
  numbersOf,
  tensorOfNumbers,
  type WideArray,
  wideArray,
  wideOf,
  workArray,
} from "./numbers.js";

/**
 * The tensor in another element type. Floats to integers are cut towards zero and must be in range: `tensor.cast` sees to
 * that. Strings convert to nothing else.
 */
export function convert(tensor: Tensor, dtype: DType): Tensor {
  if (tensor.dtype === dtype) return tensor;
  invariant(tensor.dtype !== "string" && dtype !== "string", "strings are not converted");
  if (isWide(tensor.dtype)) return fromWide(tensor.shape, wideOf(tensor), dtype);
  return fromNumbers(tensor.shape, numbersOf(tensor), dtype);
}

function fromNumbers(shape: readonly number[], numbers: NumberArray, dtype: DType): Tensor {
  if (isWide(dtype)) {
    const wide = wideArray(dtype, numbers.length);
    for (let i = 0; i < numbers.length; i++) wide[i] = BigInt(Math.trunc(numbers[i] ?? 0));
    return new Tensor<DType>(dtype, shape, wide);
  }
  if (dtype === "float16") return new Tensor<DType>(dtype, shape, Uint16Array.from(numbers, toFloat16));
  invariant(isNarrow(dtype), "strings are not converted");
  if (dtype === "bool")
    return new Tensor<DType>(
      dtype,
      shape,
      Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1)),
    );
  const data = workArray(dtype, numbers.length);
  data.set(numbers);
  return new Tensor<DType>(dtype, shape, data);
}

function fromWide(shape: readonly number[], wide: WideArray, dtype: DType): Tensor {
  if (isWide(dtype)) {
    const other = wideArray(dtype, wide.length);
    for (let i = 0; i < wide.length; i++) other[i] = wide[i] ?? 0n;
    return new Tensor<DType>(dtype, shape, other);
  }
  invariant(isNarrow(dtype), "strings are not converted");
  const toNumber = dtype === "bool" ? isNotZero : dtype === "float32" ? nearestFloat32 : toNumberFor(dtype);
  const numbers = dtypes[dtype].kind === "float" ? new Float64Array(wide.length) : workArray(dtype, wide.length);
  for (let i = 0; i < wide.length; i++) numbers[i] = toNumber(wide[i] ?? 0n);
  return tensorOfNumbers(dtype, shape, numbers);
}

function isNotZero(value: bigint): number {
  return value === 0n ? 0 : 1;
}

/** Integers keep their low 32 bits, of which the array keeps what it holds. */
function toNumberFor(dtype: DType): (value: bigint) => number {
  return dtypes[dtype].kind === "float" ? Number : (value) => Number(BigInt.asIntN(32, value));
}

/**
 * Rounded once: by way of float64 it would be rounded twice. The last bit of the shortened integer stands for all that
 * were cut off (round to odd), so that halves stay distinguishable.
 */
function nearestFloat32(value: bigint): number {
  const exact = Number(value);
  if (Math.abs(exact) <= 2 ** 53) return Math.fround(exact);
  const shortened = value >> 11n;
  const sticky = shortened << 11n === value ? shortened : shortened | 1n;
  return Math.fround(Number(sticky)) * 2 ** 11;
}
