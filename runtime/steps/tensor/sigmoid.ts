/** `tensor.sigmoid`: scores to numbers between 0 and 1, each for itself. */
import { invalidInput } from "../../errors.js";
import { tensorOf } from "../../types/type.js";
import { sizeOf } from "../../values/value.js";
import { defineStep } from "../step.js";
import { floatNumbersOf, scoreDType, tensorOfFloats } from "./support/floats.js";
import { logistic } from "./support/logistic.js";
import { isStringOrBool, refusesDType, tensorTypeOf } from "./support/typing.js";

export const sigmoid = defineStep({
  name: "tensor.sigmoid",
  summary: "Turns each score into a number between 0 and 1.",
  equals: "SciPy's `expit`",
  result: "a float tensor of the same shape",
  details: `Computed in float64 as \`1 / (1 + exp(-x))\`, without overflow for large scores. Integers give float64.`,
  args: { x: { type: "tensor", description: "The scores: numbers." } },
  examples: [
    {
      title: "A score of 0 is undecided.",
      with: { x: { dtype: "float32", data: [0, 1000, -1000] } },
      result: [0.5, 1, 0],
    },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    if (refusesDType(typing, "x", x, isStringOrBool, "scores are numbers")) return { kind: "unknown" };
    return tensorOf(x.dtype === null ? null : scoreDType(x.dtype), x.shape);
  },
  kernel: ({ x }) => {
    if (isStringOrBool(x.dtype)) throw invalidInput(`"tensor.sigmoid" takes numbers for "x", not ${x.dtype}`);
    return tensorOfFloats(scoreDType(x.dtype), x.shape, floatNumbersOf(x).map(logistic));
  },
  work: ({ x }) => sizeOf(x.shape) * 8,
});
