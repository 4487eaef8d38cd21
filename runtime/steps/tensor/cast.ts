/** `tensor.cast`: a tensor's elements in another type. */
import { invalidInput } from "../../errors.js";
import { tensorOf } from "../../types/type.js";
import { allocate, type DType, dtypeNames, dtypes, isDType } from "../../values/dtype.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { convert } from "./support/convert.js";
import { isWide, numbersOf, wideOf } from "./support/numbers.js";
import { tensorTypeOf } from "./support/typing.js";

export const cast = defineStep({
  name: "tensor.cast",
  summary: "Gives a tensor's elements another type.",
  equals: "NumPy's `astype`",
  result: "a tensor of the same shape",
  details: `Floats become integers by cutting towards zero. One that the integer type cannot hold (NaN among them) is
refused, as NumPy leaves its result undefined; \`saturate: true\` takes the nearest value that the type holds, and 0 for NaN.

Integers that are too large for another integer type wrap around, or saturate. Numbers become \`bool\` as "is not 0", where
NaN is true. To \`float16\` and \`float32\` numbers are rounded to the nearest, halves to even. Strings cannot be cast.`,
  args: {
    x: { type: "tensor", description: "The tensor to convert." },
    dtype: { type: "string", description: "The element type to convert to.", enum: dtypeNames, literal: true },
    saturate: {
      type: "boolean",
      description: "Whether numbers out of the type's range become its least or greatest value.",
      default: false,
    },
  },
  examples: [
    {
      title: "Floats are cut towards zero.",
      with: { x: { dtype: "float32", data: [1.9, -1.9] }, dtype: "int64" },
      result: [1, -1],
    },
    {
      title: "Pixels saturate rather than wrap around.",
      with: { x: { dtype: "int32", data: [-5, 300] }, dtype: "uint8", saturate: true },
      result: [0, 255],
    },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    const target = typing.literal("dtype");
    const dtype = typeof target === "string" && isDType(target) ? target : null;
    if (x.dtype !== null && dtype !== null && x.dtype !== dtype && (x.dtype === "string" || dtype === "string"))
      return typing.fail(
        "dtype",
        "bad-argument",
        `elements of ${x.dtype} cannot be cast to ${dtype}`,
        "only numbers and booleans are cast to each other",
      );
    return tensorOf(dtype, x.shape);
  },
  kernel: ({ x, dtype, saturate }) => {
    if (x.dtype === dtype) return x;
    if (x.dtype === "string" || dtype === "string")
      throw invalidInput(
        `"tensor.cast" cannot cast ${x.dtype} to ${dtype}: only numbers and booleans are cast to each other`,
      );
    const { kind } = dtypes[dtype];
    if (kind !== "int" && kind !== "uint") return convert(x, dtype);
    if (dtypes[x.dtype].kind === "float") return truncated(x, dtype, saturate);
    return saturate ? saturated(x, dtype) : convert(x, dtype);
  },
  // Rounding to float16 is by far the slowest conversion.
  work: ({ x, dtype }) => (x.dtype === dtype ? 0 : sizeOf(x.shape) * (dtype === "float16" ? 16 : 1)),
});

interface Range {
  readonly lowest: bigint;
  readonly highest: bigint;
}

function rangeOf(dtype: DType): Range {
  const bits = BigInt(dtypes[dtype].bytes * 8);
  return dtypes[dtype].kind === "int"
    ? { lowest: -(2n ** (bits - 1n)), highest: 2n ** (bits - 1n) - 1n }
    : { lowest: 0n, highest: 2n ** bits - 1n };
}

function truncated(x: Tensor, dtype: DType, saturate: boolean): Tensor {
  const { lowest, highest } = rangeOf(dtype);
  const numbers = numbersOf(x);
  const data = allocate(dtype, numbers.length);
  const wide = isWide(dtype);
  // 2^63 − 1 is no float64: what is below the next power of two is in range.
  const above = Number(highest + 1n);
  const below = Number(lowest);
  for (const [i, number] of numbers.entries()) {
    const value = Math.trunc(number);
    if (value >= below && value < above) data[i] = wide ? BigInt(value) : value;
    else if (!saturate)
      throw invalidInput(
        `"tensor.cast" cannot hold ${number} in ${dtype}; "saturate: true" takes the nearest value that it holds`,
      );
    else {
      const nearest = Number.isNaN(value) ? 0n : value < 0 ? lowest : highest;
      data[i] = wide ? nearest : Number(nearest);
    }
  }
  return new Tensor(dtype, x.shape, data);
}

function saturated(x: Tensor, dtype: DType): Tensor {
  const { lowest, highest } = rangeOf(dtype);
  const wide = wideOf(convert(x, x.dtype === "uint64" ? "uint64" : "int64"));
  const data = allocate(dtype, wide.length);
  for (const [i, value] of wide.entries()) {
    const nearest = nearestIn(value, lowest, highest);
    data[i] = isWide(dtype) ? nearest : Number(nearest);
  }
  return new Tensor(dtype, x.shape, data);
}

function nearestIn(value: bigint, lowest: bigint, highest: bigint): bigint {
  if (value < lowest) return lowest;
  return value > highest ? highest : value;
}
