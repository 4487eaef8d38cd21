/** `tensor.reshape`: the same elements in another shape. */
import { invalidInput } from "../../errors.js";
import { type Dim, type TensorType, type Type, tensorOf } from "../../types/type.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";
import { literalIntegers, productOf, type Shape, tensorTypeOf } from "./support/typing.js";

export const reshape = defineStep({
  name: "tensor.reshape",
  summary: "Gives a tensor another shape with the same elements in the same order.",
  equals: "NumPy's `reshape`",
  result: "a tensor of the shape that was asked for",
  details: `One dimension may be -1: it becomes what is left over. The shapes must have equally many elements.`,
  args: {
    x: { type: "tensor", description: "The tensor to reshape." },
    shape: { type: "list<integer>", description: "The new dimensions, of which one may be -1.", minimum: -1 },
  },
  examples: [
    {
      title: "Six numbers as two rows.",
      with: { x: [1, 2, 3, 4, 5, 6], shape: [2, -1] },
      result: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    const shape = literalIntegers(typing, "shape");
    if (shape === undefined) return tensorOf(x.dtype, null);
    if (shape.filter((dim) => dim === -1).length > 1)
      return typing.fail(
        "shape",
        "bad-argument",
        "two dimensions of a shape cannot both be -1",
        "write out all but one",
      );
    return reshaped(typing, x, shape);
  },
  kernel: ({ x, shape }) => {
    const size = sizeOf(x.shape);
    const known = sizeOf(shape.filter((dim) => dim !== -1));
    const open = shape.filter((dim) => dim === -1).length;
    const rest = known === 0 ? 0 : size / known;
    if (open > 1) throw invalidInput(`"tensor.reshape" takes one -1 in "shape", but [${shape.join(", ")}] has ${open}`);
    if (open === 0 ? known !== size : known === 0 || !Number.isInteger(rest))
      throw invalidInput(
        `"tensor.reshape" cannot give [${x.shape.join(", ")}] the shape [${shape.join(", ")}]: the numbers of elements differ`,
      );
    return new Tensor(
      x.dtype,
      shape.map((dim) => (dim === -1 ? rest : dim)),
      x.data,
    );
  },
});

function reshaped(typing: StepTyping, x: TensorType, shape: readonly number[]): Type {
  const rest = x.shape === null ? null : restOf(x.shape, shape);
  if (rest === "differs")
    return typing.fail(
      "shape",
      "shape-mismatch",
      `a tensor of [${(x.shape ?? []).map((dim) => dim ?? "?").join(", ")}] cannot have the shape [${shape.join(", ")}]: the numbers of elements differ`,
      "let one dimension be -1, which takes what is left over",
    );
  return tensorOf(
    x.dtype,
    shape.map((dim) => (dim === -1 ? rest : dim)),
  );
}

/** What the dimension -1 stands for, as far as it can be told. */
function restOf(from: Shape, to: readonly number[]): Dim | "differs" {
  const known = sizeOf(to.filter((dim) => dim !== -1));
  const fixed = productOf(from.filter((dim) => typeof dim === "number")) ?? 1;
  const open = from.filter((dim) => typeof dim !== "number");
  if (open.length === 0) {
    if (!to.includes(-1)) return known === fixed ? null : "differs";
    return known !== 0 && fixed % known === 0 ? fixed / known : "differs";
  }
  if (!to.includes(-1)) return fixed === 0 ? (known === 0 ? null : "differs") : known % fixed === 0 ? null : "differs";
  return open.length === 1 && known === fixed ? (open[0] ?? null) : null;
}
