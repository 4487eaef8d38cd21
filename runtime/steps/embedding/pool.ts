/** `embedding.pool`: one vector for a text from the vectors of its tokens. */
import { invalidInput } from "../../errors.js";
import { printType, type Type, tensorOf } from "../../types/type.js";
import { sizeOf, type Tensor } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";
import { floatNumbersOf, scoreDType, tensorOfFloats } from "../tensor/support/floats.js";
import { isString, isStringOrBool, refusesDType, type Shape, tensorTypeOf } from "../tensor/support/typing.js";
import { type Pool, poolRow } from "./pool-row.js";
import { normalizeRows } from "./unit-rows.js";

const step = "embedding.pool";

export const embeddingPool = defineStep({
  name: step,
  summary: "Makes one vector from the vectors of a text's tokens.",
  equals: "sentence-transformers' `Pooling` and `Normalize`",
  result: "float[(n,) d]",
  details: `Only tokens that the mask attends to count (\`cls\` takes the first token, whatever the mask says). A text without any
gives zeros. Computed in float64 and rounded once.`,
  args: {
    hidden: {
      type: "tensor",
      description: "The tokens' vectors, `[seq, d]` or `[n, seq, d]`: a model's last hidden state.",
    },
    attention_mask: {
      type: "tensor",
      description: "1 where there is a token, 0 where there is padding: `[seq]` or `[n, seq]`.",
    },
    mode: {
      type: "string",
      description:
        "What the vector is: the mean, the first token's, the greatest of each dimension, the last token's, or the sum over the root of the count.",
      enum: ["mean", "cls", "max", "last", "mean_sqrt_len"],
      default: "mean",
    },
    normalize: { type: "boolean", description: "Whether vectors are brought to length 1.", default: false },
  },
  examples: [
    {
      title: "The mean of two tokens and no padding.",
      with: {
        hidden: {
          dtype: "float32",
          data: [
            [1, 2],
            [3, 4],
            [9, 9],
          ],
        },
        attention_mask: [1, 1, 0],
      },
      result: [2, 3],
    },
  ],
  typeRule: (typing): Type => {
    const [hidden, mask] = [tensorTypeOf(typing, "hidden"), tensorTypeOf(typing, "attention_mask")];
    if (refusesDType(typing, "hidden", hidden, isStringOrBool, "vectors hold numbers")) return { kind: "unknown" };
    if (refusesDType(typing, "attention_mask", mask, isString, "a mask holds 0 and 1")) return { kind: "unknown" };
    const dtype = hidden.dtype === null ? null : scoreDType(hidden.dtype);
    const { shape } = hidden;
    if (shape === null) return tensorOf(dtype, null);
    if (shape.length !== 2 && shape.length !== 3)
      return typing.fail(
        "hidden",
        "shape-mismatch",
        `tokens' vectors are [seq, d] or [n, seq, d], not ${printType(hidden)}`,
        "give the model's last hidden state",
      );
    if (mask.shape !== null && !fits(typing, mask.shape, shape.slice(0, -1)))
      return typing.fail(
        "attention_mask",
        "shape-mismatch",
        `${printType(mask)} is no mask for ${printType(hidden)}`,
        "the mask has the shape of hidden without its last axis",
      );
    return tensorOf(dtype, shape.toSpliced(-2, 1));
  },
  kernel: ({ hidden, attention_mask, mode, normalize }) => {
    checkShapes(hidden, attention_mask);
    const [length = 0, width = 0] = hidden.shape.slice(-2);
    const rows = sizeOf(hidden.shape.slice(0, -2));
    const pooled = new Float64Array(rows * width);
    const pool: Pool = { vectors: floatNumbersOf(hidden), mask: floatNumbersOf(attention_mask), length, width };
    for (let row = 0; row < rows; row++) poolRow(pool, mode, row, pooled.subarray(row * width, (row + 1) * width));
    if (normalize) normalizeRows(pooled, width);
    return tensorOfFloats(scoreDType(hidden.dtype), hidden.shape.toSpliced(-2, 1), pooled);
  },
  work: ({ hidden }) => sizeOf(hidden.shape),
});

function fits(typing: StepTyping, mask: Shape, expected: Shape): boolean {
  return mask.length === expected.length && mask.every((dim, i) => typing.unify(dim, expected[i] ?? null));
}

function checkShapes(hidden: Tensor, mask: Tensor): void {
  const rank = hidden.shape.length;
  if ((rank !== 2 && rank !== 3) || isStringOrBool(hidden.dtype))
    throw invalidInput(
      `"${step}" takes float[seq, d] or float[n, seq, d] for "hidden", not ${hidden.dtype}[${hidden.shape.join(", ")}]`,
    );
  if (mask.dtype === "string" || mask.shape.join() !== hidden.shape.slice(0, -1).join())
    throw invalidInput(
      `"${step}" takes a mask of [${hidden.shape.slice(0, -1).join(", ")}] for "attention_mask", not ${mask.dtype}[${mask.shape.join(", ")}]`,
    );
}
