/** What `tensor.argmax` and `tensor.argmin` share: the position of the greatest or least element along an axis. */
import { invalidInput } from "../../../errors.js";
import { type Type, tensorOf } from "../../../types/type.js";
import { Tensor } from "../../../values/value.js";
import type { StepTyping } from "../../step.js";
import { axisOf, splitAt } from "./axes.js";
import { isWide, numbersOf, wideOf } from "./numbers.js";
import { axisIn, isString, refusesDType, tensorTypeOf } from "./typing.js";

/** The first position of the greatest element (the least with `sign` -1); NaN comes before all numbers, as in NumPy. */
export function positionOfExtreme(step: string, x: Tensor, axis: number, sign: 1 | -1): Tensor {
  if (isString(x.dtype)) throw invalidInput(`"${step}" takes numbers for "x", not strings`);
  const along = axisOf(step, axis, x.shape.length);
  const { outer, length, inner } = splitAt(x.shape, along);
  if (length === 0) throw invalidInput(`"${step}" finds no element along axis ${along} of "x", whose length is 0`);
  const found = new BigInt64Array(outer * inner);
  const elements = isWide(x.dtype) ? wideOf(x) : numbersOf(x);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++)
      found[o * inner + i] = BigInt(firstExtreme(elements, o * length * inner + i, length, inner, sign));
  return new Tensor("int64", x.shape.toSpliced(along, 1), found);
}

function firstExtreme(
  elements: ArrayLike<number | bigint>,
  start: number,
  length: number,
  stride: number,
  sign: 1 | -1,
): number {
  let best = 0;
  let extreme = elements[start] ?? 0;
  for (let i = 0; i < length; i++) {
    const value = elements[start + i * stride] ?? 0;
    if (Number.isNaN(value)) return i;
    if (sign === 1 ? value > extreme : value < extreme) {
      best = i;
      extreme = value;
    }
  }
  return best;
}

/** int64 without the axis. */
export function extremeType(typing: StepTyping): Type {
  const x = tensorTypeOf(typing, "x");
  if (refusesDType(typing, "x", x, isString, "only numbers have an order here")) return { kind: "unknown" };
  const axis = axisIn(typing, x.shape);
  if (axis === "failed") return { kind: "unknown" };
  if (axis === "unknown") return tensorOf("int64", x.shape?.slice(1).map(() => null) ?? null);
  return tensorOf("int64", x.shape?.toSpliced(axis, 1) ?? null);
}
