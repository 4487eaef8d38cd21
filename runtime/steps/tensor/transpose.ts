/** `tensor.transpose`: axes in another order. */
import { invalidInput } from "../../errors.js";
import { tensorOf } from "../../types/type.js";
import { defineStep } from "../step.js";
import { axisOf, frontAxis } from "./support/axes.js";
import { elementsMoved, transposed } from "./support/rearrange.js";
import { literalIntegers, tensorTypeOf } from "./support/typing.js";

export const transpose = defineStep({
  name: "tensor.transpose",
  summary: "Puts a tensor's axes into another order.",
  equals: "NumPy's `transpose`",
  result: "a tensor with the same elements",
  details: `Axis \`i\` of the result is axis \`perm[i]\` of \`x\`. Without \`perm\` the axes are reversed. Negative axes count from the end.`,
  args: {
    x: { type: "tensor", description: "The tensor whose axes are moved." },
    perm: { type: "list<integer>", description: "Every axis once, in the new order.", optional: true },
  },
  examples: [
    {
      title: "Rows become columns.",
      with: {
        x: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
      result: [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    },
    { title: "Channels first.", with: { x: [[[1, 2, 3]]], perm: [2, 0, 1] }, result: [[[1]], [[2]], [[3]]] },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    const given = typing.type("perm") !== undefined;
    const perm = literalIntegers(typing, "perm");
    const { shape } = x;
    if (shape === null) return tensorOf(x.dtype, perm === undefined ? null : perm.map(() => null));
    if (!given) return tensorOf(x.dtype, shape.toReversed());
    if (perm === undefined)
      return tensorOf(
        x.dtype,
        shape.map(() => null),
      );
    const axes = perm.map((axis) => frontAxis(axis, shape.length));
    if (axes.length !== shape.length || axes.includes(undefined) || new Set(axes).size < axes.length)
      return typing.fail(
        "perm",
        "bad-argument",
        `[${perm.join(", ")}] does not name each of the ${shape.length} axes once`,
        `give an order of [${shape.map((_, axis) => axis).join(", ")}]`,
      );
    return tensorOf(
      x.dtype,
      axes.map((axis) => (axis === undefined ? null : (shape[axis] ?? null))),
    );
  },
  kernel: ({ x, perm }) => {
    const rank = x.shape.length;
    const axes = perm?.map((axis) => axisOf("tensor.transpose", axis, rank, "perm")) ?? [...x.shape.keys()].reverse();
    if (axes.length !== rank || new Set(axes).size < rank)
      throw invalidInput(`"tensor.transpose" takes each of the ${rank} axes once in "perm", not [${axes.join(", ")}]`);
    return transposed(x, axes);
  },
  work: ({ x }) => elementsMoved(x),
});
