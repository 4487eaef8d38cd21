/** Named dimensions of one graph: which are equal to each other, and which have a size. */

import { mapDims } from "../../runtime/types/map.js";
import type { Dim, Type } from "../../runtime/types/type.js";

export class Dims {
  readonly #equal = new Map<string, Dim>();

  /** What a dimension is known to be by now. */
  resolve(dim: Dim): Dim {
    let current = dim;
    for (;;) {
      if (typeof current !== "string") return current;
      const next = this.#equal.get(current);
      if (next === undefined) return current;
      current = next;
    }
  }

  /** Makes two dimensions equal; false when they cannot be. An unknown one is equal to any and stays unknown. */
  unify(a: Dim, b: Dim): boolean {
    const left = this.resolve(a);
    const right = this.resolve(b);
    if (left === right || left === null || right === null) return true;
    if (typeof left === "number" && typeof right === "number") return false;
    if (typeof left === "string" && (typeof right === "number" || left.includes("#"))) this.#equal.set(left, right);
    else if (typeof right === "string") this.#equal.set(right, left);
    return true;
  }

  /** A type with all that is known of its dimensions. */
  resolveType(type: Type): Type {
    return mapDims(type, (dim) => this.resolve(dim));
  }
}

/** A type whose named dimensions belong to one use of a model or a graph. */
export function freshen(type: Type, use: string): Type {
  return mapDims(type, (dim) => freshDim(dim, use));
}

export function freshDim(dim: Dim, use: string): Dim {
  return typeof dim === "string" ? `${dim}#${use}` : dim;
}
