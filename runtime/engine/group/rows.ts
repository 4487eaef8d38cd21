/** Tensors as rows of their first dimension: stacked into one for a run, and taken apart again without copying. */
import { invariant } from "../../errors.js";
import { allocate, type NumericData, type NumericDType, type TensorData } from "../../values/dtype.js";
import { isNumericData, sizeOf, Tensor } from "../../values/value.js";

/** Rows `from` to `to` (exclusive) of a tensor. */
export interface RowRange {
  readonly tensor: Tensor;
  readonly from: number;
  readonly to: number;
}

/** The rows one below the other, in a buffer of its own. All have the same element type and the same dimensions but the first. */
export function stackRows(ranges: readonly RowRange[]): Tensor {
  const first = ranges[0]?.tensor;
  invariant(first, "there are rows to stack");
  const rows = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const shape = [rows, ...first.shape.slice(1)];
  return new Tensor(
    first.dtype,
    shape,
    first.dtype === "string" ? stackText(ranges) : stackNumbers(ranges, first.dtype, shape),
  );
}

/** A view of rows; the same buffer. */
export function takeRows({ tensor, from, to }: RowRange): Tensor {
  const { dtype, shape, data } = tensor;
  if (from === 0 && to === shape[0]) return tensor;
  const width = rowSize(tensor);
  const part: TensorData = Array.isArray(data)
    ? data.slice(from * width, to * width)
    : data.subarray(from * width, to * width);
  return new Tensor(dtype, [to - from, ...shape.slice(1)], part);
}

/** The tensor in a buffer of its own, which may be handed to another thread. */
export function copyTensor({ dtype, shape, data }: Tensor): Tensor {
  return new Tensor(dtype, shape, data.slice());
}

/** Arrays are copied as they are: to ask a small one for its buffer would make it one, outside the heap. */
function stackNumbers(ranges: readonly RowRange[], dtype: NumericDType, shape: readonly number[]): NumericData {
  const target: NumericData = allocate(dtype, sizeOf(shape));
  let at = 0;
  for (const range of ranges) {
    const { data } = takeRows(range);
    invariant(isNumericData(data), "numbers are held in a typed array");
    copyInto(target, data, at);
    at += data.length;
  }
  return target;
}

function copyInto(target: NumericData, source: NumericData, at: number): void {
  if (isWide(target) && isWide(source)) target.set(source, at);
  else if (!isWide(target) && !isWide(source)) target.set(source, at);
}

function isWide(data: NumericData): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

function stackText(ranges: readonly RowRange[]): string[] {
  return ranges.flatMap((range) => {
    const { data } = takeRows(range);
    invariant(Array.isArray(data), "text is held in an array");
    return data;
  });
}

function rowSize({ shape }: Tensor): number {
  return sizeOf(shape.slice(1));
}
