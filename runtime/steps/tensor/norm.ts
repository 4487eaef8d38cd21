/** `tensor.norm`: the length of vectors over axes. */
import { defineStep } from "../step.js";
import { floatNumbersOf, scoreDType, tensorOfFloats } from "./support/floats.js";
import { foldNumbers, type Reduction, reductionOf } from "./support/reduce.js";
import { checkNumbers, reduceArguments, reducedType, reductionWork } from "./support/reduce-arguments.js";

export const norm = defineStep({
  name: "tensor.norm",
  summary: "Gives the length of the vectors along axes.",
  equals: "NumPy's `linalg.vector_norm`",
  result: "a float tensor without the axes",
  details: `\`ord\` says which length: 2 the Euclidean one, 1 the sum of magnitudes, \`.inf\` the greatest magnitude, \`-.inf\` the
least, 0 the number of elements other than 0, and any other \`p\` the p-norm. Several axes together count as one vector.
Computed in float64; integers give float64.`,
  args: {
    x: { type: "tensor", description: "The tensor: numbers." },
    ...reduceArguments,
    ord: { type: "number", description: "Which length.", default: 2 },
  },
  examples: [
    {
      title: "The length of each row.",
      with: {
        x: [
          [3, 4],
          [0, 2],
        ],
        axes: [-1],
      },
      result: [5, 2],
    },
    { title: "The greatest magnitude.", with: { x: [3, -4], ord: "Infinity" }, result: 4 },
  ],
  typeRule: (typing) => reducedType(typing, scoreDType),
  kernel: ({ x, axes, keepdims, ord }) => {
    checkNumbers("tensor.norm", x);
    const reduction = reductionOf("tensor.norm", x.shape, axes, keepdims);
    return tensorOfFloats(scoreDType(x.dtype), reduction.result, lengthsOf(reduction, floatNumbersOf(x), ord));
  },
  work: reductionWork,
});

function lengthsOf(reduction: Reduction, numbers: Float64Array, ord: number): Float64Array {
  const fold = (initial: number, next: (sum: number, magnitude: number) => number) =>
    foldNumbers(reduction, numbers, initial, (sum, value) => next(sum, Math.abs(value)));
  switch (ord) {
    case 2:
      return fold(0, (sum, magnitude) => sum + magnitude * magnitude).map(Math.sqrt);
    case 1:
      return fold(0, (sum, magnitude) => sum + magnitude);
    case 0:
      return fold(0, (sum, magnitude) => sum + (magnitude === 0 ? 0 : 1));
    case Infinity:
      return fold(0, Math.max);
    case -Infinity:
      return fold(Infinity, Math.min);
    default:
      return fold(0, (sum, magnitude) => sum + magnitude ** ord).map((sum) => sum ** (1 / ord));
  }
}
