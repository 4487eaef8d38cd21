/** Typed arrays filled from rows of plain values, each element checked against what its type can hold. */
import { assertNever } from "../errors.js";
import type { DType, TensorData } from "./dtype.js";
import { toFloat16 } from "./float16.js";
import { type Range, ranges } from "./ranges.js";
import { isSpecialFloat } from "./special-float.js";
import type { Value } from "./value.js";

/** Writes a row at an offset and gives the position in the row of the first element that does not fit, or −1. */
export type RowWriter = (row: readonly Value[], offset: number) => number;

export interface Elements {
  readonly data: TensorData;
  readonly write: RowWriter;
}

/** A new array for `length` elements of a type, with its writer. */
export function elementsOf(dtype: DType, length: number): Elements {
  switch (dtype) {
    case "float32":
      return floats(new Float32Array(length), ranges.float32.highest);
    case "float64":
      return floats(new Float64Array(length), ranges.float64.highest);
    case "float16":
      return halves(new Uint16Array(length));
    case "int8":
      return integers(new Int8Array(length), ranges.int8);
    case "uint8":
      return integers(new Uint8Array(length), ranges.uint8);
    case "int16":
      return integers(new Int16Array(length), ranges.int16);
    case "uint16":
      return integers(new Uint16Array(length), ranges.uint16);
    case "int32":
      return integers(new Int32Array(length), ranges.int32);
    case "uint32":
      return integers(new Uint32Array(length), ranges.uint32);
    case "int64":
      return wideIntegers(new BigInt64Array(length), -(2n ** 63n), 2n ** 63n - 1n);
    case "uint64":
      return wideIntegers(new BigUint64Array(length), 0n, 2n ** 64n - 1n);
    case "bool":
      return booleans(new Uint8Array(length));
    case "string":
      return texts(new Array<string>(length));
    default:
      return assertNever(dtype);
  }
}

function floats(data: Float32Array | Float64Array, limit: number): Elements {
  const write: RowWriter = (row, offset) => {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      const float = typeof value === "number" && value <= limit && value >= -limit ? value : unusualFloat(value, limit);
      if (float === undefined) return i;
      data[offset + i] = float;
    }
    return -1;
  };
  return { data, write };
}

function halves(data: Uint16Array): Elements {
  const write: RowWriter = (row, offset) => {
    for (let i = 0; i < row.length; i++) {
      const float = unusualFloat(row[i], ranges.float16.highest);
      if (float === undefined) return i;
      data[offset + i] = toFloat16(float);
    }
    return -1;
  };
  return { data, write };
}

/** The number that any value stands for in a float type, or undefined where it stands for none. */
function unusualFloat(value: Value | undefined, limit: number): number | undefined {
  if (isSpecialFloat(value)) return Number(value);
  if (typeof value === "bigint") return BigInt.asIntN(54, value) === value ? Number(value) : undefined;
  if (typeof value !== "number") return undefined;
  return Math.abs(value) <= limit || !Number.isFinite(value) ? value : undefined;
}

type NarrowIntegers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

function integers(data: NarrowIntegers, { lowest, highest }: Range): Elements {
  const write: RowWriter = (row, offset) => {
    for (let i = 0; i < row.length; i++) {
      const given = row[i];
      const value = typeof given === "bigint" ? Number(given) : given;
      if (typeof value !== "number" || !(value >= lowest && value <= highest) || !Number.isInteger(value)) return i;
      data[offset + i] = value;
    }
    return -1;
  };
  return { data, write };
}

function wideIntegers(data: BigInt64Array | BigUint64Array, lowest: bigint, highest: bigint): Elements {
  const write: RowWriter = (row, offset) => {
    for (let i = 0; i < row.length; i++) {
      const value = wideInteger(row[i]);
      if (value === undefined || value < lowest || value > highest) return i;
      data[offset + i] = value;
    }
    return -1;
  };
  return { data, write };
}

function wideInteger(value: Value | undefined): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "string") return /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  // Beyond 2^53 a JSON number may have lost its last digits on the way.
  if (typeof value !== "number" || Math.abs(value) > 2 ** 53 || !Number.isInteger(value)) return undefined;
  return BigInt(value);
}

function booleans(data: Uint8Array): Elements {
  const write: RowWriter = (row, offset) => {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value !== "boolean") return i;
      data[offset + i] = value ? 1 : 0;
    }
    return -1;
  };
  return { data, write };
}

function texts(data: string[]): Elements {
  const write: RowWriter = (row, offset) => {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value !== "string") return i;
      data[offset + i] = value;
    }
    return -1;
  };
  return { data, write };
}
