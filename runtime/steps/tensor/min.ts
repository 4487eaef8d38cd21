/** `tensor.min`: the least element over axes. */
import { defineStep } from "../step.js";
import { reduceArguments, reducedType, reductionWork } from "./support/reduce-arguments.js";
import { extremeOf } from "./support/reduce-ordered.js";

export const min = defineStep({
  name: "tensor.min",
  summary: "Gives the least element over axes.",
  equals: "NumPy's `min`",
  result: "a tensor of the same element type without the axes",
  details:
    "NaN spreads: where one is among the elements, the result is NaN. Of no elements there is no least one: that is refused.",
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
      result: 1,
    },
  ],
  typeRule: (typing) => reducedType(typing, (dtype) => dtype),
  kernel: ({ x, axes, keepdims }) => extremeOf("tensor.min", x, axes, keepdims, -1),
  work: reductionWork,
});
