/** `tensor.softmax`: scores to shares that sum to 1. */
import { invalidInput } from "../../errors.js";
import { tensorOf } from "../../types/type.js";
import { sizeOf } from "../../values/value.js";
import { defineStep } from "../step.js";
import { axisOf, splitAt } from "./support/axes.js";
import { floatNumbersOf, scoreDType, tensorOfFloats } from "./support/floats.js";
import { softmaxInPlace } from "./support/softmax-row.js";
import { axisIn, isStringOrBool, refusesDType, tensorTypeOf } from "./support/typing.js";

export const softmax = defineStep({
  name: "tensor.softmax",
  summary: "Turns scores along an axis into shares that sum to 1.",
  equals: "SciPy's `softmax`",
  result: "a float tensor of the same shape",
  details: `Computed in float64 after the greatest score is subtracted, so that no score is too large. Integers give float64.`,
  args: {
    x: { type: "tensor", description: "The scores: numbers." },
    axis: { type: "integer", description: "The axis; -1 is the last.", default: -1 },
  },
  examples: [
    {
      title: "Equal scores give equal shares.",
      with: {
        x: {
          dtype: "float32",
          data: [
            [3, 3],
            [0, 0],
          ],
        },
      },
      result: [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    if (refusesDType(typing, "x", x, isStringOrBool, "scores are numbers")) return { kind: "unknown" };
    if (axisIn(typing, x.shape) === "failed") return { kind: "unknown" };
    return tensorOf(x.dtype === null ? null : scoreDType(x.dtype), x.shape);
  },
  kernel: ({ x, axis }) => {
    if (isStringOrBool(x.dtype)) throw invalidInput(`"tensor.softmax" takes numbers for "x", not ${x.dtype}`);
    const along = axisOf("tensor.softmax", axis, x.shape.length);
    const scores = floatNumbersOf(x);
    const { outer, length, inner } = splitAt(x.shape, along);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) softmaxInPlace(scores, o * length * inner + i, length, inner);
    return tensorOfFloats(scoreDType(x.dtype), x.shape, scores);
  },
  work: ({ x }) => sizeOf(x.shape) * 8,
});
