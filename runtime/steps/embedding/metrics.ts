/** Scores of likeness for every pair of two sets of vectors. */
import { normalizeRows } from "./unit-rows.js";

export type Metric = "cosine" | "dot" | "euclidean";

/** A row-major matrix: each vector of `a` with each of `b`, all of `width` numbers. Both arrays may be overwritten. */
export function scoresOf(metric: Metric, a: Float64Array, b: Float64Array, width: number): Float64Array {
  if (metric === "cosine") {
    normalizeRows(a, width);
    normalizeRows(b, width);
  }
  const pair = metric === "euclidean" ? negativeDistance : dot;
  const rows = width === 0 ? 0 : a.length / width;
  const columns = width === 0 ? 0 : b.length / width;
  const scores = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      scores[row * columns + column] = pair(a, row * width, b, column * width, width);
  return scores;
}

/** The sum of the products of `width` numbers from two places on. */
export function dot(a: Float64Array, startA: number, b: Float64Array, startB: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += (a[startA + i] ?? 0) * (b[startB + i] ?? 0);
  return sum;
}

function negativeDistance(a: Float64Array, startA: number, b: Float64Array, startB: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += ((a[startA + i] ?? 0) - (b[startB + i] ?? 0)) ** 2;
  return -Math.sqrt(sum);
}
