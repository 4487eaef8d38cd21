/** Rows of unequal sizes in one run: inputs are filled up to the largest, outputs are cut back to each item's own. */
import { invariant } from "../../errors.js";
import type { PlanModel } from "../../plan/plan.js";
import type { Dim } from "../../types/type.js";
import { allocate, type NumericData, type NumericDType } from "../../values/dtype.js";
import { toFloat16 } from "../../values/float16.js";
import { isNumericData, sizeOf, Tensor } from "../../values/value.js";
import type { RowRange } from "./rows.js";

/** By named dimension, its size. */
export type DimSizes = ReadonlyMap<string, number>;

export interface Padding {
  /** What each padded input is filled up with. */
  readonly values: { readonly [input: string]: number };
  /** The named dimensions that differ between items. */
  readonly dims: readonly string[];
}

/** How a model's rows are padded; undefined where the spec does not say so. */
export function paddingOf({ batching, inputs }: Pick<PlanModel, "batching" | "inputs">): Padding | undefined {
  if (batching?.pad === undefined) return undefined;
  const { pad } = batching;
  const shapes = inputs.filter(({ name }) => Object.hasOwn(pad, name)).map(({ shape }) => (shape ?? []).slice(1));
  const dims = new Set(shapes.flat().filter((dim) => typeof dim === "string"));
  return { values: pad, dims: [...dims] };
}

/** The larger size of each dimension. */
export function largest(dims: readonly string[], sizes: readonly (readonly number[])[]): DimSizes {
  return new Map(dims.map((dim, axis) => [dim, Math.max(...sizes.map((each) => each[axis] ?? 0))]));
}

/** A declared shape with sizes put in; dimensions that the sizes do not name stay as the tensor has them. */
export function resized(declared: readonly Dim[] | null, shape: readonly number[], sizes: DimSizes): readonly number[] {
  return shape.map((size, axis) => {
    const dim = declared?.[axis];
    return axis > 0 && typeof dim === "string" ? (sizes.get(dim) ?? size) : size;
  });
}

/** The rows one below the other, each filled up to `shape` (without the rows) at the end of every dimension. */
export function stackPadded(ranges: readonly RowRange[], shape: readonly number[], value: number): Tensor {
  const first = ranges[0]?.tensor;
  invariant(first !== undefined && first.dtype !== "string", "there are rows of numbers to pad");
  const rows = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const width = sizeOf(shape);
  const data = filled(first.dtype, rows * width, value);
  let row = 0;
  for (const { tensor, from, to } of ranges) {
    invariant(isNumericData(tensor.data), "numbers are held in a typed array");
    const own = tensor.shape.slice(1);
    const ownWidth = sizeOf(own);
    for (let index = from; index < to; index++, row++)
      copyBlock({ data: tensor.data, at: index * ownWidth, shape: own }, { data, at: row * width, shape }, own);
  }
  return new Tensor(first.dtype, [rows, ...shape], data);
}

/** The tensor's rows, each cut to `shape` (without the rows) at the end of every dimension. */
export function cutRows(tensor: Tensor, shape: readonly number[]): Tensor {
  const [rows = 0, ...own] = tensor.shape;
  if (shape.every((size, axis) => size === own[axis])) return tensor;
  invariant(tensor.dtype !== "string" && isNumericData(tensor.data), "padded outputs are numbers");
  const data = allocate<NumericDType>(tensor.dtype, rows * sizeOf(shape));
  for (let row = 0; row < rows; row++)
    copyBlock(
      { data: tensor.data, at: row * sizeOf(own), shape: own },
      { data, at: row * sizeOf(shape), shape },
      shape,
    );
  return new Tensor(tensor.dtype, [rows, ...shape], data);
}

interface Place {
  readonly data: NumericData;
  readonly at: number;
  readonly shape: readonly number[];
}

/** Copies the corner of that size from one array to another of the same element type. */
function copyBlock(source: Place, target: Place, block: readonly number[]): void {
  const [count = 1, ...inner] = block;
  if (block.length <= 1) {
    bytesOf(target, count).set(bytesOf(source, count));
    return;
  }
  const from = source.shape.slice(1);
  const to = target.shape.slice(1);
  const [fromWidth, toWidth] = [sizeOf(from), sizeOf(to)];
  for (let index = 0; index < count; index++)
    copyBlock(
      { data: source.data, at: source.at + index * fromWidth, shape: from },
      { data: target.data, at: target.at + index * toWidth, shape: to },
      inner,
    );
}

function bytesOf({ data, at }: Place, count: number): Uint8Array {
  const { BYTES_PER_ELEMENT: width } = data;
  return new Uint8Array(data.buffer, data.byteOffset + at * width, count * width);
}

function filled(dtype: NumericDType, length: number, value: number): NumericData {
  const data = allocate(dtype, length);
  if (value === 0) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return data.fill(BigInt(value));
  return data.fill(dtype === "float16" ? toFloat16(value) : value);
}
