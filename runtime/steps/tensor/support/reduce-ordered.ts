/** What `tensor.min` and `tensor.max` share: the least or greatest element of each place, where NaN spreads. */
import { invalidInput } from "../../../errors.js";
import { allocate, type DType } from "../../../values/dtype.js";
import { sizeOf, Tensor } from "../../../values/value.js";
import { isWide, numbersOf, wideOf } from "./numbers.js";
import { forEachElement, reductionOf } from "./reduce.js";
import { checkNumbers } from "./reduce-arguments.js";

/** The greatest element of each place (the least with `sign` -1), in the tensor's own type. */
export function extremeOf(
  step: string,
  x: Tensor,
  axes: readonly number[] | undefined,
  keepdims: boolean,
  sign: 1 | -1,
): Tensor {
  checkNumbers(step, x);
  const reduction = reductionOf(step, x.shape, axes, keepdims);
  const size = sizeOf(reduction.result);
  if (reduction.count === 0 && size > 0)
    throw invalidInput(`"${step}" finds no element in "x", whose shape is [${x.shape.join(", ")}]`);
  const order: ArrayLike<number | bigint> = isWide(x.dtype) ? wideOf(x) : numbersOf(x);
  const found = new Int32Array(size).fill(-1);
  forEachElement(reduction, (place, element) => {
    const best = found[place] ?? -1;
    if (best < 0 || comesFirst(order[element] ?? 0, order[best] ?? 0, sign)) found[place] = element;
  });
  const data = allocate<DType>(x.dtype, size);
  for (const [place, element] of found.entries()) data[place] = x.data[element] ?? 0;
  return new Tensor(x.dtype, reduction.result, data);
}

function comesFirst(value: number | bigint, best: number | bigint, sign: 1 | -1): boolean {
  if (Number.isNaN(best)) return false;
  return Number.isNaN(value) || (sign === 1 ? value > best : value < best);
}
