/** Axes as NumPy counts them: negative ones from the end. */
import { type EkibenError, invalidInput } from "../../../errors.js";
import { sizeOf } from "../../../values/value.js";

/** The axis counted from the front. Throws `invalidInput` where a tensor of this rank has no such axis. */
export function axisOf(step: string, axis: number, rank: number, name = "axis"): number {
  const found = frontAxis(axis, rank);
  if (found === undefined) throw wrongAxis(step, name, axis, rank);
  return found;
}

/** The axes counted from the front, in ascending order; all of them when none are given. */
export function axesOf(step: string, axes: readonly number[] | undefined, rank: number): readonly number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const found = axes.map((axis) => axisOf(step, axis, rank, "axes"));
  if (new Set(found).size < found.length)
    throw invalidInput(`"${step}" takes each axis once in "axes", but [${axes.join(", ")}] names one twice`);
  return found.sort((a, b) => a - b);
}

/** The axis counted from the front, or undefined where there is no such axis. */
export function frontAxis(axis: number, rank: number): number | undefined {
  const found = axis < 0 ? axis + rank : axis;
  return Number.isInteger(axis) && found >= 0 && found < rank ? found : undefined;
}

/** A shape seen from one axis: how many blocks lie before it, its length, and the elements of each of its steps. */
export interface AxisSplit {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

export function splitAt(shape: readonly number[], axis: number): AxisSplit {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis] ?? 1, inner: sizeOf(shape.slice(axis + 1)) };
}

/** How a sentence names an axis that is not there. */
export function noSuchAxis(axis: number, rank: number): string {
  return rank === 0
    ? `${axis}, as a tensor of rank 0 has no axes`
    : `${axis}, as the axes go from ${-rank} to ${rank - 1}`;
}

function wrongAxis(step: string, name: string, axis: number, rank: number): EkibenError {
  return invalidInput(`"${step}" has no axis for "${name}" at ${noSuchAxis(axis, rank)}`);
}
