/** How far two tensors are apart. */
import { fromFloat16 } from "./float16.js";
import { isNumericData, type Tensor } from "./value.js";

/**
 * The greatest difference of two elements, relative where the first is beyond 1: 0 where all are equal, 1 or more for other
 * texts and for a NaN beside a number, infinite for other shapes or element types. Only the first `most` elements are looked at.
 */
export function largestDifference(a: Tensor, b: Tensor, most = Number.POSITIVE_INFINITY): number {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return Number.POSITIVE_INFINITY;
  if (a.shape.some((size, axis) => size !== b.shape[axis])) return Number.POSITIVE_INFINITY;
  const count = Math.min(a.data.length, most);
  if (!isNumericData(a.data) || !isNumericData(b.data)) return sameTexts(a, b, count) ? 0 : 1;
  let largest = 0;
  for (let index = 0; index < count; index++) {
    const left = numberAt(a, index);
    const right = numberAt(b, index);
    if (Object.is(left, right)) continue;
    const difference = Math.abs(left - right) / Math.max(1, Math.abs(left));
    largest = Math.max(largest, Number.isNaN(difference) ? 1 : difference);
  }
  return largest;
}

function numberAt({ dtype, data }: Tensor, index: number): number {
  const element = Number(data[index]);
  return dtype === "float16" ? fromFloat16(element) : element;
}

function sameTexts(a: Tensor, b: Tensor, count: number): boolean {
  for (let index = 0; index < count; index++) if (a.data[index] !== b.data[index]) return false;
  return true;
}
