/**
 * What flows along the edges of a graph. Tensors and images are classes so that no JSON of a caller can pass for one;
 * everything else is plain JavaScript. `undefined` in a record or a slot means: skipped.
 */
import { invariant } from "../errors.js";
import type { DataOf, DType, NumericData, TensorData } from "./dtype.js";
import { allocate } from "./dtype.js";

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Tensor
  | Image
  | readonly Value[]
  | ValueRecord;

export interface ValueRecord {
  readonly [name: string]: Value | undefined;
}

/** Any JSON value, as a spec or a request holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A dense row-major tensor. `data` has as many elements as the product of `shape`; rank 0 has one. Not to be written to after it is made. */
export class Tensor<D extends DType = DType> {
  constructor(
    readonly dtype: D,
    readonly shape: readonly number[],
    readonly data: DataOf<D>,
  ) {}
}

/** Pixels, row-major, channels last, 8 bits each: 1 channel is gray, 3 RGB, 4 RGBA. */
export class Image {
  constructor(
    readonly width: number,
    readonly height: number,
    readonly channels: 1 | 3 | 4,
    readonly data: Uint8Array,
    /** Where the original lies in this image, when `image.pad` letterboxed it. */
    readonly geometry?: Geometry,
  ) {}
}

/** Scale from the original to this image, and the original's corner and size in this image's pixels. */
export interface Geometry {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly original: { readonly width: number; readonly height: number };
}

/** Elements of a shape: the product of its dimensions, 1 for rank 0. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

/** A checked tensor: the data must have as many elements as the shape says. */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: DataOf<D>): Tensor<D> {
  invariant(data.length === sizeOf(shape), `${dtype}[${shape.join(", ")}] has ${data.length} elements`);
  return new Tensor(dtype, shape, data);
}

/** A tensor of zeros (empty strings). */
export function zeros<D extends DType>(dtype: D, shape: readonly number[]): Tensor<D> {
  return new Tensor(dtype, shape, allocate(dtype, sizeOf(shape)));
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

export function isRecord(value: Value | undefined): value is ValueRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tensor) &&
    !(value instanceof Image) &&
    !(value instanceof Uint8Array)
  );
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a tensor's elements are held in a typed array, which all but strings are. */
export function isNumericData(data: TensorData): data is NumericData {
  return !Array.isArray(data);
}
