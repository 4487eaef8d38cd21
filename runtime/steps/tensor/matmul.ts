/** `tensor.matmul`: the product of matrices, or of stacks of them. */
import { invalidInput } from "../../errors.js";
import { type Dim, printDim, type Type, tensorOf } from "../../types/type.js";
import type { Tensor } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";
import { convert } from "./support/convert.js";
import { type MatmulLayout, matmulLayout } from "./support/matmul-layout.js";
import { multiplied } from "./support/matmul-product.js";
import { promote } from "./support/promote.js";
import { broadcastTypes, isString, refusesDType, type Shape, tensorTypeOf } from "./support/typing.js";

const step = "tensor.matmul";

export const matmul = defineStep({
  name: step,
  summary: "Multiplies matrices.",
  equals: "NumPy's `matmul`",
  result: "a tensor of the leading dimensions, the rows of `a` and the columns of `b`",
  details: `The last axis of \`a\` meets the last but one of \`b\`. A vector counts as a row in \`a\` and as a column in \`b\`, and its
axis is not in the result. Leading axes are broadcast. Floats are added up in float64 and rounded once, integers wrap.`,
  args: {
    a: { type: "tensor", description: "The left matrices." },
    b: { type: "tensor", description: "The right matrices." },
  },
  examples: [
    {
      title: "A matrix and a vector.",
      with: {
        a: [
          [1, 2],
          [3, 4],
        ],
        b: [10, 1],
      },
      result: [12, 34],
    },
    { title: "Two matrices.", with: { a: [[1, 2]], b: [[3], [4]] }, result: [[11]] },
  ],
  typeRule: (typing): Type => {
    const [a, b] = [tensorTypeOf(typing, "a"), tensorTypeOf(typing, "b")];
    const takes = "only numbers are multiplied";
    if (refusesDType(typing, "a", a, isString, takes) || refusesDType(typing, "b", b, isString, takes))
      return { kind: "unknown" };
    const dtype = a.dtype === null || b.dtype === null ? null : (promote(a.dtype, b.dtype) ?? null);
    const shape = productShape(typing, a.shape, b.shape);
    return shape === undefined ? { kind: "unknown" } : tensorOf(dtype, shape);
  },
  kernel: ({ a, b }) => {
    const dtype = promote(a.dtype, b.dtype);
    if (dtype === undefined || dtype === "string")
      throw invalidInput(`"${step}" takes numbers for "a" and "b", not strings`);
    return multiplied(convert(a, dtype), convert(b, dtype), layoutOf(a, b));
  },
  work: ({ a, b }) => {
    const layout = matmulLayout(a.shape, b.shape);
    return layout === undefined ? 0 : layout.batches * layout.rows * layout.inner * layout.columns;
  },
});

function layoutOf(a: Tensor, b: Tensor): MatmulLayout {
  const layout = matmulLayout(a.shape, b.shape);
  if (layout !== undefined) return layout;
  throw invalidInput(
    `"${step}" cannot multiply [${a.shape.join(", ")}] by [${b.shape.join(", ")}]: the last axis of "a" must be as long as the ${b.shape.length === 1 ? "" : "last but one "}axis of "b", and leading axes must broadcast`,
  );
}

/** The result's shape, null where a rank is not known, undefined where a mistake was reported. */
function productShape(typing: StepTyping, a: Shape | null, b: Shape | null): Shape | null | undefined {
  if (a === null || b === null) return null;
  const [innerOfA, innerOfB] = [a.at(-1), b.at(b.length === 1 ? -1 : -2)];
  if (innerOfA === undefined || innerOfB === undefined) {
    typing.fail(
      innerOfA === undefined ? "a" : "b",
      "shape-mismatch",
      "a tensor of rank 0 is no matrix",
      "multiply by a number with tensor.math",
    );
    return undefined;
  }
  const leading = broadcastTypes(a.slice(0, -2), b.slice(0, -2));
  if (leading === undefined || !typing.unify(innerOfA, innerOfB)) {
    typing.fail(
      "b",
      "shape-mismatch",
      `[${printed(a)}] cannot be multiplied by [${printed(b)}]`,
      "the last axis of a must be as long as the last but one of b; tensor.transpose turns a matrix",
    );
    return undefined;
  }
  const rows = a.length > 1 ? [a.at(-2) ?? null] : [];
  const columns = b.length > 1 ? [b.at(-1) ?? null] : [];
  return leading === null ? null : [...leading, ...rows, ...columns];
}

function printed(shape: readonly Dim[]): string {
  return shape.map(printDim).join(", ");
}
