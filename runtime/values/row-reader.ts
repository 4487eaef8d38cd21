/** Rows of a tensor as JSON: one loop a row, chosen once a tensor. */
import { fromFloat16 } from "./float16.js";
import { floatToJson } from "./special-float.js";
import type { Json, Tensor } from "./value.js";

const exactLimit = 2n ** 53n;

/** Gives `length` elements from `start` on. */
export type RowReader = (start: number, length: number) => Json[];

/** The reader of a tensor's rows. 64-bit integers beyond 2^53 become decimal strings, special floats their strings. */
export function rowReader(tensor: Tensor): RowReader {
  const { data, dtype } = tensor;
  if (Array.isArray(data)) return (start, length) => data.slice(start, start + length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return wideIntegers(data);
  if (data instanceof Float32Array || data instanceof Float64Array) return floats(data);
  if (dtype === "bool") return (start, length) => Array.from(data.subarray(start, start + length), (v) => v !== 0);
  if (dtype === "float16")
    return (start, length) =>
      Array.from(data.subarray(start, start + length), (bits) => floatToJson(fromFloat16(bits)));
  return (start, length) => Array.from(data.subarray(start, start + length));
}

function floats(data: Float32Array | Float64Array): RowReader {
  return (start, length) => {
    const row = new Array<Json>(length);
    for (let i = 0; i < length; i++) row[i] = floatToJson(data[start + i] ?? 0);
    return row;
  };
}

function wideIntegers(data: BigInt64Array | BigUint64Array): RowReader {
  return (start, length) => {
    const row = new Array<Json>(length);
    for (let i = 0; i < length; i++) row[i] = wideInteger(data[start + i] ?? 0n);
    return row;
  };
}

function wideInteger(value: bigint): number | string {
  return value <= exactLimit && value >= -exactLimit ? Number(value) : value.toString();
}
