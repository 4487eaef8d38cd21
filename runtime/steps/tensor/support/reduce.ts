/**
 * Reductions over axes: one pass over the elements in memory's order, each added to the accumulator of its place in the
 * result. Floats and narrow integers accumulate in float64, 64-bit integers wrap as NumPy's do.
 */

import { sizeOf } from "../../../values/value.js";
import { axesOf } from "./axes.js";
import { forEachRow, rowMajorStrides } from "./strides.js";

export interface Reduction {
  /** The shape of the input. */
  readonly shape: readonly number[];
  /** The shape of the result, with or without the reduced axes. */
  readonly result: readonly number[];
  /** For each axis of the input, how far the place in the result moves: 0 along reduced axes. */
  readonly strides: readonly number[];
  /** How many elements meet in each place. */
  readonly count: number;
}

/** How a shape is reduced over the given axes, or all of them. */
export function reductionOf(
  step: string,
  shape: readonly number[],
  axes: readonly number[] | undefined,
  keepdims: boolean,
): Reduction {
  const reduced = new Set(axesOf(step, axes, shape.length));
  const kept = shape.map((dim, axis) => (reduced.has(axis) ? 1 : dim));
  const strides = rowMajorStrides(kept).map((stride, axis) => (reduced.has(axis) ? 0 : stride));
  return {
    shape,
    result: keepdims ? kept : shape.filter((_, axis) => !reduced.has(axis)),
    strides,
    count: sizeOf(shape.filter((_, axis) => reduced.has(axis))),
  };
}

/** Calls `add` for every element with its place in the result, in the order of memory. */
export function forEachElement(reduction: Reduction, add: (place: number, element: number) => void): void {
  const { shape, strides } = reduction;
  const length = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  forEachRow(shape, [strides], (row, [start = 0]) => {
    for (let i = 0; i < length; i++) add(start + i * step, row * length + i);
  });
}

/** Numbers folded into one for each place, in float64. */
export function foldNumbers(
  reduction: Reduction,
  numbers: ArrayLike<number>,
  initial: number,
  fold: (sum: number, value: number) => number,
): Float64Array {
  const sums = new Float64Array(sizeOf(reduction.result)).fill(initial);
  forEachElement(reduction, (place, element) => {
    sums[place] = fold(sums[place] ?? initial, numbers[element] ?? 0);
  });
  return sums;
}

/** 64-bit integers folded into one for each place; `sums` wraps what it cannot hold. */
export function foldWide<A extends BigInt64Array | BigUint64Array>(
  reduction: Reduction,
  wide: ArrayLike<bigint>,
  sums: A,
  fold: (sum: bigint, value: bigint) => bigint,
): A {
  forEachElement(reduction, (place, element) => {
    sums[place] = fold(sums[place] ?? 0n, wide[element] ?? 0n);
  });
  return sums;
}
