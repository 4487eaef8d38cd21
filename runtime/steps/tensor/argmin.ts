/** `tensor.argmin`: where the least element lies. */
import { sizeOf } from "../../values/value.js";
import { defineStep } from "../step.js";
import { extremeType, positionOfExtreme } from "./support/extreme.js";

export const argmin = defineStep({
  name: "tensor.argmin",
  summary: "Finds the position of the least element along an axis.",
  equals: "NumPy's `argmin`",
  result: "an int64 tensor without the axis",
  details: `Of equal elements the first counts, and NaN counts as the least. To search a whole tensor, reshape it to \`[-1]\` first.`,
  args: {
    x: { type: "tensor", description: "The tensor to search." },
    axis: { type: "integer", description: "The axis; -1 is the last.", default: -1 },
  },
  examples: [
    {
      title: "Of each row.",
      with: {
        x: [
          [1, 3],
          [4, 2],
        ],
      },
      result: [0, 1],
    },
  ],
  typeRule: extremeType,
  kernel: ({ x, axis }) => positionOfExtreme("tensor.argmin", x, axis, -1),
  work: ({ x }) => sizeOf(x.shape),
});
