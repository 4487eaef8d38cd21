/** Tensors as rows of their first dimension: stacked into one for a run, and taken apart again without copying. */
import { invariant } from "../../errors.js";
import { type DType, dtypes, type TensorData } from "../../values/dtype.js";
import { sizeOf, Tensor } from "../../values/value.js";

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
    first.dtype === "string" ? stackText(ranges) : stackBytes(ranges, first.dtype, shape),
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

function stackBytes(ranges: readonly RowRange[], dtype: DType, shape: readonly number[]): TensorData {
  const { bytes, view } = dtypes[dtype];
  invariant(view, "numbers have a view");
  const length = sizeOf(shape);
  const buffer = new ArrayBuffer(length * bytes);
  const target = new Uint8Array(buffer);
  let at = 0;
  for (const range of ranges) {
    const source = bytesOf(range);
    target.set(source, at);
    at += source.byteLength;
  }
  return view(buffer, 0, length);
}

function bytesOf({ tensor, from, to }: RowRange): Uint8Array {
  const { data } = tensor;
  invariant(ArrayBuffer.isView(data), "numbers are held in a typed array");
  const rowBytes = rowSize(tensor) * data.BYTES_PER_ELEMENT;
  return new Uint8Array(data.buffer, data.byteOffset + from * rowBytes, (to - from) * rowBytes);
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
