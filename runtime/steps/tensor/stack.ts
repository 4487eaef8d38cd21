/** `tensor.stack`: tensors of one shape joined along a new axis. */
import { invalidInput } from "../../errors.js";
import { type Dim, printType, tensorOf } from "../../types/type.js";
import { dtypeNames } from "../../values/dtype.js";
import { Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { axisOf } from "./support/axes.js";
import { inOneType, itemTypes, joinedDType, rowType, type Tensors } from "./support/join.js";
import { elementsMoved, joined } from "./support/rearrange.js";
import { asTensorType, checkedAxis, literalInteger } from "./support/typing.js";

export const stack = defineStep({
  name: "tensor.stack",
  summary: "Joins tensors of one shape along a new axis.",
  equals: "NumPy's `stack`",
  result: "a tensor with one axis more",
  details: `Plain numbers count as tensors of rank 0: a list of them becomes a tensor of rank 1. Tensors of several element
types give the type that holds them all, unless \`dtype\` says otherwise: write \`dtype: float32\` to feed a model with
numbers.`,
  args: {
    tensors: { type: "list<tensor>", description: "The tensors, or plain numbers, to stack." },
    axis: { type: "integer", description: "The axis; -1 is the last.", default: 0 },
    dtype: {
      type: "string",
      description: "The element type of the result, if not the one that holds all of the tensors' types.",
      enum: dtypeNames,
      optional: true,
      literal: true,
    },
  },
  examples: [
    {
      title: "Numbers as the row of a model's input.",
      with: { tensors: [1, 2.5], dtype: "float32" },
      result: [1, 2.5],
    },
    {
      title: "Columns from lists.",
      with: {
        tensors: [
          [1, 2],
          [3, 4],
        ],
        axis: 1,
      },
      result: [
        [1, 3],
        [2, 4],
      ],
    },
  ],
  typeRule: (typing) => {
    const items = itemTypes(typing);
    const types = items ?? [asTensorType(rowType(typing))];
    const dtype = joinedDType(typing, types);
    if (dtype === undefined) return { kind: "unknown" };
    const [first, ...others] = types.flatMap((type) => (type.shape === null ? [] : [type.shape]));
    if (first === undefined) return tensorOf(dtype, null);
    const other = others.find(
      (shape) => shape.length !== first.length || !shape.every((dim, i) => typing.unify(dim, first[i] ?? null)),
    );
    if (other !== undefined)
      return typing.fail(
        "tensors",
        "shape-mismatch",
        `${printType(tensorOf(dtype, other))} cannot be stacked on ${printType(tensorOf(dtype, first))}`,
        "all must have one shape",
      );
    const count: Dim = items === undefined ? null : items.length;
    const axis = literalInteger(typing, "axis");
    if (axis === undefined) return tensorOf(dtype, [null, ...first.map(() => null)]);
    const at = checkedAxis(typing, axis, first.length + 1, "axis");
    return at === "failed" ? { kind: "unknown" } : tensorOf(dtype, first.toSpliced(at, 0, count));
  },
  kernel: ({ tensors, axis, dtype }) => {
    const all = inOneType("tensor.stack", tensors, dtype);
    const [first] = all;
    const at = axisOf("tensor.stack", axis, first.shape.length + 1);
    const other = all.find((tensor) => tensor.shape.join() !== first.shape.join());
    if (other !== undefined)
      throw invalidInput(
        `"tensor.stack" takes tensors of one shape, but "tensors" has [${first.shape.join(", ")}] and [${other.shape.join(", ")}]`,
      );
    return joined(withAxis(all, at), at);
  },
  work: ({ tensors }) => elementsMoved(...tensors),
});

function withAxis([first, ...others]: Tensors, at: number): Tensors {
  const widened = ({ dtype, shape, data }: Tensor) => new Tensor(dtype, shape.toSpliced(at, 0, 1), data);
  return [widened(first), ...others.map(widened)];
}
