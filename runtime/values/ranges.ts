/** The numbers that a tensor's element can be given as. */
import type { NumericDType } from "./dtype.js";

export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

/** Floats up to the greatest magnitude that still rounds to a finite number; of 64-bit integers those that JSON numbers tell apart. */
export const ranges: { readonly [D in NumericDType]: Range } = {
  float32: upTo(3.4028235677973362e38),
  float64: upTo(Number.MAX_VALUE),
  float16: upTo(65519.99999999999),
  int8: signed(8),
  uint8: unsigned(8),
  int16: signed(16),
  uint16: unsigned(16),
  int32: signed(32),
  uint32: unsigned(32),
  int64: upTo(Number.MAX_SAFE_INTEGER),
  uint64: { lowest: 0, highest: Number.MAX_SAFE_INTEGER },
  // Booleans are no numbers.
  bool: { lowest: Number.POSITIVE_INFINITY, highest: Number.NEGATIVE_INFINITY },
};

function upTo(highest: number): Range {
  return { lowest: -highest, highest };
}

function signed(bits: number): Range {
  return { lowest: -(2 ** (bits - 1)), highest: 2 ** (bits - 1) - 1 };
}

function unsigned(bits: number): Range {
  return { lowest: 0, highest: 2 ** bits - 1 };
}
