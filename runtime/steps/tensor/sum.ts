/** `tensor.sum`: the sum over axes. */
import { defineStep } from "../step.js";
import { reductionOf } from "./support/reduce.js";
import { checkNumbers, reduceArguments, reducedType, reductionWork, sumDType } from "./support/reduce-arguments.js";
import { sumOf } from "./support/reduce-sums.js";

export const sum = defineStep({
  name: "tensor.sum",
  summary: "Adds up the elements over axes.",
  equals: "NumPy's `sum`",
  result: "a tensor without the axes",
  details: `Floats are added in float64 and rounded once. Integers and booleans give int64, unsigned integers uint64, which wrap
around. The sum of nothing is 0, and NaN spreads.`,
  args: { x: { type: "tensor", description: "The tensor: numbers." }, ...reduceArguments },
  examples: [
    {
      title: "Of all elements.",
      with: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      result: 10,
    },
    {
      title: "Of each row, as a column.",
      with: {
        x: [
          [1, 2],
          [3, 4],
        ],
        axes: [-1],
        keepdims: true,
      },
      result: [[3], [7]],
    },
  ],
  typeRule: (typing) => reducedType(typing, sumDType),
  kernel: ({ x, axes, keepdims }) => {
    checkNumbers("tensor.sum", x);
    return sumOf(x, reductionOf("tensor.sum", x.shape, axes, keepdims));
  },
  work: reductionWork,
});
