/** Elements moved to other places without a change: picked along an axis, transposed, joined. */
import { sizeOf, type Tensor } from "../../../values/value.js";
import { splitAt } from "./axes.js";
import { forEachRow, rowMajorStrides } from "./strides.js";
import { copyWords, movedTensor, wordsOf, wordsPerElement } from "./words.js";

/** The tensor with the given positions of an axis, in their order. */
export function takeAlong(tensor: Tensor, axis: number, positions: ArrayLike<number>): Tensor {
  const { outer, length, inner } = splitAt(tensor.shape, axis);
  const block = inner * wordsPerElement(tensor);
  return movedTensor(tensor, tensor.shape.with(axis, positions.length), (from, to) => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < positions.length; i++)
        copyWords(from, (o * length + (positions[i] ?? 0)) * block, to, (o * positions.length + i) * block, block);
    }
  });
}

/** The tensor whose axis `i` is axis `perm[i]` of the given one. */
export function transposed(tensor: Tensor, perm: readonly number[]): Tensor {
  const words = wordsPerElement(tensor);
  const strides = rowMajorStrides(tensor.shape);
  const shape = perm.map((axis) => tensor.shape[axis] ?? 1);
  const moved = perm.map((axis) => (strides[axis] ?? 1) * words);
  return movedTensor(tensor, shape, (from, to) => {
    let at = 0;
    forEachRow([...shape, words], [[...moved, 1]], (_, [start = 0]) => {
      for (let i = 0; i < words; i++) to[at++] = from[start + i] ?? 0;
    });
  });
}

/** Tensors of one element type joined along an axis; their other axes are equal. */
export function joined(tensors: readonly [Tensor, ...Tensor[]], axis: number): Tensor {
  const [first] = tensors;
  const words = wordsPerElement(first);
  const total = tensors.reduce((sum, tensor) => sum + (tensor.shape[axis] ?? 0), 0);
  const { outer, inner } = splitAt(first.shape, axis);
  return movedTensor(first, first.shape.with(axis, total), (_, to) => {
    let offset = 0;
    for (const tensor of tensors) {
      const block = (tensor.shape[axis] ?? 0) * inner * words;
      const from = wordsOf(tensor);
      for (let o = 0; o < outer; o++) copyWords(from, o * block, to, o * total * inner * words + offset, block);
      offset += block;
    }
  });
}

/** Whether the moved elements are worth a worker. */
export function elementsMoved(...tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, tensor) => sum + sizeOf(tensor.shape), 0);
}
