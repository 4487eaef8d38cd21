/** One text's vector from its tokens' vectors, for each mode of pooling. */
import { assertNever } from "../../errors.js";

export type PoolMode = "mean" | "cls" | "max" | "last" | "mean_sqrt_len";

export interface Pool {
  readonly vectors: Float64Array;
  readonly mask: Float64Array;
  /** Tokens of a text. */
  readonly length: number;
  /** Dimensions of a vector. */
  readonly width: number;
}

/** Writes the vector of text `row` to `to`, which holds zeros. */
export function poolRow(pool: Pool, mode: PoolMode, row: number, to: Float64Array): void {
  switch (mode) {
    case "mean":
      divide(to, Math.max(addUp(pool, row, to), 1e-9));
      break;
    case "mean_sqrt_len":
      divide(to, Math.sqrt(Math.max(addUp(pool, row, to), 1e-9)));
      break;
    case "cls":
      copyToken(pool, row, 0, to);
      break;
    case "last":
      copyToken(pool, row, lastToken(pool, row), to);
      break;
    case "max":
      greatest(pool, row, to);
      break;
    default:
      assertNever(mode);
  }
}

/** Adds up the attended tokens' vectors and gives the sum of their weights. */
function addUp({ vectors, mask, length, width }: Pool, row: number, to: Float64Array): number {
  let total = 0;
  for (let token = row * length; token < (row + 1) * length; token++) {
    const weight = mask[token] ?? 0;
    if (weight === 0) continue;
    total += weight;
    for (let i = 0; i < width; i++) to[i] = (to[i] ?? 0) + weight * (vectors[token * width + i] ?? 0);
  }
  return total;
}

function divide(vector: Float64Array, by: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / by;
}

function copyToken({ vectors, length, width }: Pool, row: number, token: number | undefined, to: Float64Array): void {
  if (token === undefined || token >= length) return;
  const start = (row * length + token) * width;
  to.set(vectors.subarray(start, start + width));
}

function lastToken({ mask, length }: Pool, row: number): number | undefined {
  for (let token = length - 1; token >= 0; token--) if (mask[row * length + token] !== 0) return token;
  return undefined;
}

function greatest({ vectors, mask, length, width }: Pool, row: number, to: Float64Array): void {
  let first = true;
  for (let token = row * length; token < (row + 1) * length; token++) {
    if (mask[token] === 0) continue;
    for (let i = 0; i < width; i++) {
      const value = vectors[token * width + i] ?? 0;
      to[i] = first ? value : Math.max(to[i] ?? 0, value);
    }
    first = false;
  }
}
