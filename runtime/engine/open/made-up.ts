/** Tensors made up from a signature: inputs for warming up, and the answer to no rows at all. */
import type { ModelOutput, ModelValue } from "../../plan/plan.js";
import type { Dim } from "../../types/type.js";
import type { DType } from "../../values/dtype.js";
import { sizeOf, type Tensor, zeros } from "../../values/value.js";
import type { Feeds, Sizes } from "../group/check-feeds.js";

/** Sizes for free dimensions, in the order in which they are tried: a few tokens, a small picture. */
export const triedSizes = [8, 1, 64, 224];

const maxElements = 4_000_000;

/**
 * A tensor for each input that must be given, of zeros unless said otherwise: `rows` rows, and `size` for every other
 * dimension that is free; undefined where that is too much.
 */
export function madeUpFeeds(
  inputs: readonly ModelValue[],
  rows: number,
  size: number,
  fill: (dtype: DType, shape: readonly number[]) => Tensor = zeros,
): Feeds | undefined {
  const needed = inputs.filter(({ optional }) => optional !== true);
  const shapes = needed.map((input) => shapeFor(input, rows, () => size));
  if (shapes.some((shape) => sizeOf(shape) > maxElements)) return undefined;
  return Object.fromEntries(needed.map(({ name, dtype }, index) => [name, fill(dtype, shapes[index] ?? [])]));
}

/** Numbers of many values, the same each time: waves for floats, zeros and ones for integers, which may be indices. */
export function varied(dtype: DType, shape: readonly number[]): Tensor {
  const tensor = zeros(dtype, shape);
  const { data } = tensor;
  if (data instanceof Float32Array || data instanceof Float64Array)
    for (let index = 0; index < data.length; index++) data[index] = Math.sin(index * 0.7);
  else if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let index = 0; index < data.length; index++) data[index] = BigInt(index % 2);
  else if (ArrayBuffer.isView(data)) for (let index = 0; index < data.length; index++) data[index] = index % 2;
  return tensor;
}

/** What a model answers to 0 rows, without being asked: dimensions that the item's sizes do not tell are 0. */
export function emptyResult(outputs: readonly ModelOutput[], sizes: Sizes, isRows: (name: string) => boolean): Feeds {
  const size = (dim: Dim) => (typeof dim === "number" ? dim : (sizes.get(dim ?? "") ?? 0));
  const result: Record<string, Tensor> = {};
  for (const { name, dtype, shape } of outputs) {
    const dims = (shape ?? [null]).map(size);
    result[name] = zeros(dtype, isRows(name) ? [0, ...dims.slice(1)] : dims);
  }
  return result;
}

/** The shape of so many rows, where `sizeOf` tells the other dimensions that are free. */
export function shapeFor(
  { shape, batchable }: ModelValue,
  rows: number,
  sizeOf: (dim: Dim) => number,
): readonly number[] {
  if (shape === null) return [rows];
  return shape.map((dim, axis) =>
    typeof dim === "number" ? dim : axis === 0 && batchable === true ? rows : sizeOf(dim),
  );
}
