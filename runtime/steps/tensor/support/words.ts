/**
 * Elements as words of their size, to be moved without a look at what they mean: arrays of eight types are three this
 * way, so that the loops that move them stay fast. An element of 64 bits is two words.
 */
import type { DType } from "../../../values/dtype.js";
import { type Tensor, zeros } from "../../../values/value.js";

export type Words = Uint8Array | Uint16Array | Uint32Array | string[];

/** The words of a tensor's elements, in the tensor's own memory. */
export function wordsOf({ data }: Tensor): Words {
  if (Array.isArray(data)) return data;
  if (data.BYTES_PER_ELEMENT === 1) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data.BYTES_PER_ELEMENT === 2) return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  return new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** How many words an element has: 2 for those of 64 bits, else 1. */
export function wordsPerElement({ data }: Tensor): 1 | 2 {
  return !Array.isArray(data) && data.BYTES_PER_ELEMENT === 8 ? 2 : 1;
}

/** A tensor of the same element type and another shape, whose words are written by `write`. */
export function movedTensor(tensor: Tensor, shape: readonly number[], write: (from: Words, to: Words) => void): Tensor {
  const moved = zeros<DType>(tensor.dtype, shape);
  write(wordsOf(tensor), wordsOf(moved));
  return moved;
}

/** Copies `length` words; short runs in a loop, as a view for each would cost more. */
export function copyWords(from: Words, start: number, to: Words, at: number, length: number): void {
  if (length > 32 && !Array.isArray(from) && !Array.isArray(to)) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i] ?? 0;
}
