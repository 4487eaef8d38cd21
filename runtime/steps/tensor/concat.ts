/** `tensor.concat`: tensors joined along an axis that they have. */
import { invalidInput } from "../../errors.js";
import { type Dim, printType, type TensorType, type Type, tensorOf } from "../../types/type.js";
import { dtypeNames } from "../../values/dtype.js";
import { defineStep, type StepTyping } from "../step.js";
import { axisOf } from "./support/axes.js";
import { inOneType, itemTypes, joinedDType, rowType } from "./support/join.js";
import { elementsMoved, joined } from "./support/rearrange.js";
import { asTensorType, checkedAxis, literalInteger, type Shape } from "./support/typing.js";

export const concat = defineStep({
  name: "tensor.concat",
  summary: "Joins tensors along one of their axes.",
  equals: "NumPy's `concatenate`",
  result: "a tensor of the same rank",
  details: `All other axes must be of equal length. Tensors of several element types give the type that holds them all, as in
NumPy, unless \`dtype\` says otherwise. One tensor stands for the list of its rows.`,
  args: {
    tensors: { type: "list<tensor>", description: "The tensors to join." },
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
      title: "Rows below rows.",
      with: {
        tensors: [
          [[1, 2]],
          [
            [3, 4],
            [5, 6],
          ],
        ],
      },
      result: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    },
    {
      title: "Side by side.",
      with: {
        tensors: [
          [[1], [2]],
          [[3], [4]],
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
    if (items === undefined) return ofUnknownCount(typing, asTensorType(rowType(typing)));
    const dtype = joinedDType(typing, items);
    if (dtype === undefined) return { kind: "unknown" };
    return concatenated(typing, items, dtype);
  },
  kernel: ({ tensors, axis, dtype }) => {
    const all = inOneType("tensor.concat", tensors, dtype);
    const [first] = all;
    const along = axisOf("tensor.concat", axis, first.shape.length);
    const other = all.find((tensor) => !joinable(tensor.shape, first.shape, along));
    if (other !== undefined)
      throw invalidInput(
        `"tensor.concat" takes tensors whose shapes differ in axis ${along} only, but "tensors" has [${first.shape.join(", ")}] and [${other.shape.join(", ")}]`,
      );
    return joined(all, along);
  },
  work: ({ tensors }) => elementsMoved(...tensors),
});

function joinable(a: readonly number[], b: readonly number[], axis: number): boolean {
  return a.length === b.length && a.every((dim, i) => i === axis || dim === b[i]);
}

function concatenated(typing: StepTyping, items: readonly TensorType[], dtype: TensorType["dtype"]): Type {
  const axis = literalInteger(typing, "axis");
  const known = items.flatMap((item) => (item.shape === null ? [] : [item.shape]));
  const [first, ...others] = known;
  if (first === undefined || axis === undefined) return tensorOf(dtype, first?.map(() => null) ?? null);
  const along = checkedAxis(typing, axis, first.length, "axis");
  if (along === "failed") return { kind: "unknown" };
  for (const other of others) {
    if (other.length === first.length && other.every((dim, i) => i === along || typing.unify(dim, first[i] ?? null)))
      continue;
    return typing.fail(
      "tensors",
      "shape-mismatch",
      `${printType(tensorOf(dtype, other))} cannot be joined to ${printType(tensorOf(dtype, first))} along axis ${along}`,
      "all other axes must be of equal length",
    );
  }
  const total = known.length === items.length ? sumOf(known.map((shape) => shape[along] ?? null)) : null;
  return tensorOf(
    dtype,
    first.map((_, i) => (i === along ? total : firstKnown(known, i))),
  );
}

/** The total length along the axis, where every part's is fixed, or there is one part. */
function sumOf(dims: readonly Dim[]): Dim {
  if (dims.length === 1) return dims[0] ?? null;
  let sum = 0;
  for (const dim of dims) {
    if (typeof dim !== "number") return null;
    sum += dim;
  }
  return sum;
}

function firstKnown(shapes: readonly Shape[], axis: number): Dim {
  const dims = shapes.map((shape) => shape[axis] ?? null).filter((dim) => dim !== null);
  return dims.find((dim) => typeof dim === "number") ?? dims[0] ?? null;
}

function ofUnknownCount(typing: StepTyping, item: TensorType): Type {
  const axis = literalInteger(typing, "axis");
  const dtype = joinedDType(typing, [item]);
  if (dtype === undefined) return { kind: "unknown" };
  if (item.shape === null || axis === undefined) return tensorOf(dtype, item.shape?.map(() => null) ?? null);
  const along = checkedAxis(typing, axis, item.shape.length, "axis");
  return along === "failed" ? { kind: "unknown" } : tensorOf(dtype, item.shape.with(along, null));
}
