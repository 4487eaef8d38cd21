/** What each of a pixel's 256 values becomes in a tensor: a table for each channel, so that no pixel is computed twice. */
import { invalidInput } from "../../../errors.js";
import { dtypes, type NumericDType } from "../../../values/dtype.js";
import { roundHalfEven, toFloat16 } from "../../../values/float16.js";

export interface Scaling {
  readonly scale: number | undefined;
  readonly mean: readonly number[] | undefined;
  readonly std: readonly number[] | undefined;
}

/** A table for each channel, in the elements of the type. */
export function pixelTables(
  channels: number,
  dtype: NumericDType,
  { scale, mean, std }: Scaling,
): readonly (readonly (number | bigint)[])[] {
  const factor = scale ?? (dtypes[dtype].kind === "float" ? 1 / 255 : 1);
  const means = perChannel("mean", mean, 0, channels);
  const divisors = perChannel("std", std, 1, channels);
  if (divisors.includes(0)) throw invalidInput('"std" holds 0, which nothing can be divided by.');
  return means.map((average, c) =>
    Array.from({ length: 256 }, (_, pixel) => element(dtype, (pixel * factor - average) / (divisors[c] ?? 1))),
  );
}

function perChannel(name: string, numbers: readonly number[] | undefined, absent: number, channels: number): number[] {
  const [first = absent] = numbers ?? [];
  if (numbers === undefined || numbers.length === 1) return Array<number>(channels).fill(first);
  if (numbers.length === channels) return [...numbers];
  throw invalidInput(
    `"${name}" has ${numbers.length} numbers, the tensor has ${channels} channels. Give one number for each, or one for all.`,
  );
}

/** A number as the type holds it: float16 as its bits (by way of float32, as the original computes), int64 as a bigint. */
function element(dtype: NumericDType, value: number): number | bigint {
  if (dtype === "float16") return toFloat16(Math.fround(value));
  const { kind, bytes } = dtypes[dtype];
  if (kind === "float") return value;
  const rounded = roundHalfEven(value);
  const [least, greatest] =
    kind === "int" ? [-(2 ** (8 * bytes - 1)), 2 ** (8 * bytes - 1) - 1] : [0, 2 ** (8 * bytes) - 1];
  if (!(rounded >= least && rounded <= greatest)) {
    throw invalidInput(
      `${dtype} cannot hold ${value}, which a pixel becomes. Change "scale", "mean", "std" or "dtype".`,
    );
  }
  return dtype === "int64" || dtype === "uint64" ? BigInt(rounded) : rounded;
}
