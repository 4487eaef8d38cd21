/** `tensor.prod`: the product over axes. */
import type { DType } from "../../values/dtype.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { convert } from "./support/convert.js";
import { tensorOfFloats } from "./support/floats.js";
import { isWide, numbersOf, wideArray, wideOf } from "./support/numbers.js";
import { foldNumbers, foldWide, reductionOf } from "./support/reduce.js";
import { checkNumbers, reduceArguments, reducedType, reductionWork, sumDType } from "./support/reduce-arguments.js";

export const prod = defineStep({
  name: "tensor.prod",
  summary: "Multiplies the elements over axes.",
  equals: "NumPy's `prod`",
  result: "a tensor without the axes",
  details: `Floats are multiplied in float64 and rounded once. Integers and booleans give int64, unsigned integers uint64, which
wrap around. The product of nothing is 1, and NaN spreads.`,
  args: { x: { type: "tensor", description: "The tensor: numbers." }, ...reduceArguments },
  examples: [{ title: "The number of elements of a shape.", with: { x: [2, 3, 4] }, result: 24 }],
  typeRule: (typing) => reducedType(typing, sumDType),
  kernel: ({ x, axes, keepdims }) => {
    checkNumbers("tensor.prod", x);
    const reduction = reductionOf("tensor.prod", x.shape, axes, keepdims);
    const dtype = sumDType(x.dtype);
    if (!isWide(dtype))
      return tensorOfFloats(
        dtype,
        reduction.result,
        foldNumbers(reduction, numbersOf(x), 1, (product, value) => product * value),
      );
    const ones = wideArray(dtype, sizeOf(reduction.result)).fill(1n);
    const products = foldWide(reduction, wideOf(convert(x, dtype)), ones, (product, value) => product * value);
    return new Tensor<DType>(dtype, reduction.result, products);
  },
  work: reductionWork,
});
