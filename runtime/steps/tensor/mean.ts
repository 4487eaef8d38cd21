/** `tensor.mean`: the mean over axes. */
import { defineStep } from "../step.js";
import { scoreDType, tensorOfFloats } from "./support/floats.js";
import { reductionOf } from "./support/reduce.js";
import { checkNumbers, reduceArguments, reducedType, reductionWork } from "./support/reduce-arguments.js";
import { floatSums } from "./support/reduce-sums.js";

export const mean = defineStep({
  name: "tensor.mean",
  summary: "Gives the mean over axes.",
  equals: "NumPy's `mean`",
  result: "a float tensor without the axes",
  details: `Computed in float64. The mean of integers and booleans is float64, that of nothing is NaN, and NaN spreads.`,
  args: { x: { type: "tensor", description: "The tensor: numbers." }, ...reduceArguments },
  examples: [
    {
      title: "Of each column.",
      with: {
        x: [
          [1, 2],
          [3, 5],
        ],
        axes: [0],
      },
      result: [2, 3.5],
    },
  ],
  typeRule: (typing) => reducedType(typing, scoreDType),
  kernel: ({ x, axes, keepdims }) => {
    checkNumbers("tensor.mean", x);
    const reduction = reductionOf("tensor.mean", x.shape, axes, keepdims);
    const means = floatSums(x, reduction).map((sum) => sum / reduction.count);
    return tensorOfFloats(scoreDType(x.dtype), reduction.result, means);
  },
  work: reductionWork,
});
