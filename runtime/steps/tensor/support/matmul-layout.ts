/** How two stacks of matrices are multiplied: which meet, and the result's shape. */
import { sizeOf } from "../../../values/value.js";
import { broadcastShapes, broadcastStrides } from "./broadcast.js";
import { forEachRow } from "./strides.js";

export interface MatmulLayout {
  readonly batches: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly result: readonly number[];
  /** For each batch, which matrix of `a` meets which of `b`. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** The layout, or undefined where the shapes cannot be multiplied. */
export function matmulLayout(a: readonly number[], b: readonly number[]): MatmulLayout | undefined {
  const [rows = 1, inner] = a.length === 1 ? [1, a[0]] : [a.at(-2), a.at(-1)];
  const [innerOfB, columns = 1] = b.length === 1 ? [b[0], 1] : [b.at(-2), b.at(-1)];
  const leading = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (inner === undefined || inner !== innerOfB || leading === undefined) return undefined;
  const result = [...leading, ...(a.length > 1 ? [rows] : []), ...(b.length > 1 ? [columns] : [])];
  const pairs = pairsOf(a.slice(0, -2), b.slice(0, -2), leading);
  return { batches: sizeOf(leading), rows, inner, columns, result, pairs };
}

function pairsOf(a: readonly number[], b: readonly number[], leading: readonly number[]): [number, number][] {
  const pairs: [number, number][] = [];
  const shape = [...leading, 1];
  const strides = [a, b].map((own) => [...broadcastStrides(own, leading), 0]);
  forEachRow(shape, strides, (_, [ofA = 0, ofB = 0]) => pairs.push([ofA, ofB]));
  return pairs;
}
