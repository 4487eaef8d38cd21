/** `tensor.gather`: the elements at given positions of an axis. */
import { invalidInput } from "../../errors.js";
import { tensorOf } from "../../types/type.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { axisOf, splitAt } from "./support/axes.js";
import { takeAlong } from "./support/rearrange.js";
import { axisIn, isNoInteger, refusesDType, tensorTypeOf } from "./support/typing.js";

export const gather = defineStep({
  name: "tensor.gather",
  summary: "Takes the elements at given positions of an axis.",
  equals: "NumPy's `take`",
  result: "a tensor in which the indices' shape stands in the place of the axis",
  details: `Negative positions count from the end; one that is not there is refused. A single position drops the axis.`,
  args: {
    x: { type: "tensor", description: "The tensor to take from." },
    indices: { type: "tensor", description: "The positions: integers in any shape." },
    axis: { type: "integer", description: "The axis; -1 is the last.", default: 0 },
  },
  examples: [
    {
      title: "Rows by their number.",
      with: {
        x: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        indices: [2, 0],
      },
      result: [
        [5, 6],
        [1, 2],
      ],
    },
    {
      title: "One column.",
      with: {
        x: [
          [1, 2],
          [3, 4],
        ],
        indices: -1,
        axis: 1,
      },
      result: [2, 4],
    },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    const indices = tensorTypeOf(typing, "indices");
    if (refusesDType(typing, "indices", indices, isNoInteger, "positions are integers")) return { kind: "unknown" };
    const axis = axisIn(typing, x.shape);
    if (axis === "failed") return { kind: "unknown" };
    if (x.shape === null || indices.shape === null) return tensorOf(x.dtype, null);
    if (axis === "unknown")
      return tensorOf(
        x.dtype,
        [...x.shape.slice(1), ...indices.shape].map(() => null),
      );
    return tensorOf(x.dtype, x.shape.toSpliced(axis, 1, ...indices.shape));
  },
  kernel: ({ x, indices, axis }) => {
    if (isNoInteger(indices.dtype))
      throw invalidInput(
        `"tensor.gather" takes integers for "indices", not ${indices.dtype}; convert them with tensor.cast`,
      );
    const along = axisOf("tensor.gather", axis, x.shape.length);
    const taken = takeAlong(x, along, positionsOf(indices, x.shape[along] ?? 0));
    return new Tensor(taken.dtype, taken.shape.toSpliced(along, 1, ...indices.shape), taken.data);
  },
  work: ({ x, indices, axis }) => {
    const { outer, inner } = splitAt(x.shape, axis < 0 ? axis + x.shape.length : axis);
    return outer * inner * sizeOf(indices.shape);
  },
});

function positionsOf(indices: Tensor, length: number): number[] {
  return Array.from<unknown, number>(indices.data, (index) => {
    const position = Number(index);
    if (position < -length || position >= length)
      throw invalidInput(`"tensor.gather" has no position ${position} for "indices": the axis has ${length}`);
    return position < 0 ? position + length : position;
  });
}
