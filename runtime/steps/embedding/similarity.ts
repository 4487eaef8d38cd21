/** `embedding.similarity`: how alike vectors are, each with each. */
import { invalidInput } from "../../errors.js";
import {
  integerType,
  listOf,
  numberType,
  printType,
  recordOf,
  type TensorType,
  type Type,
  tensorOf,
} from "../../types/type.js";
import { sizeOf, type Tensor, type Value } from "../../values/value.js";
import { defineStep } from "../step.js";
import { floatNumbersOf, scoreDType, tensorOfFloats } from "../tensor/support/floats.js";
import { promote } from "../tensor/support/promote.js";
import { topIndices } from "../tensor/support/top-indices.js";
import { isStringOrBool, refusesDType, tensorTypeOf } from "../tensor/support/typing.js";
import { scoresOf } from "./metrics.js";

const step = "embedding.similarity";

export const embeddingSimilarity = defineStep({
  name: step,
  summary: "Says how alike vectors are, each with each.",
  equals: "sentence-transformers' `util.cos_sim`, `dot_score` and `euclidean_sim`",
  result: "float[n, m], or list<{ index: integer, score: number }> with top_k",
  details: `A single vector loses its axis in the result: \`a\` of \`[d]\` and \`b\` of \`[m, d]\` give \`[m]\`. The euclidean score is
the negative distance, so that higher is always closer. The cosine with a zero vector is 0. Computed in float64.

\`top_k\` gives the closest of \`b\`, best first, for \`a\`, or for each row of \`a\`; of equal scores the lower index comes first.`,
  args: {
    a: { type: "tensor", description: "A vector `[d]` or several `[n, d]`." },
    b: { type: "tensor", description: "A vector `[d]` or several `[m, d]`." },
    metric: {
      type: "string",
      description: "What is compared.",
      enum: ["cosine", "dot", "euclidean"],
      default: "cosine",
    },
    top_k: {
      type: "integer",
      description: "Gives only this many of the closest, with their index.",
      optional: true,
      minimum: 1,
    },
  },
  examples: [
    {
      title: "A vector with two others.",
      with: {
        a: [1, 0],
        b: [
          [2, 0],
          [0, 3],
        ],
      },
      result: [1, 0],
    },
    {
      title: "The closest.",
      with: {
        a: [1, 0],
        b: [
          [0, 3],
          [2, 0],
        ],
        top_k: 1,
      },
      result: [{ index: 1, score: 1 }],
    },
  ],
  typeRule: (typing): Type => {
    const [a, b] = [tensorTypeOf(typing, "a"), tensorTypeOf(typing, "b")];
    for (const [name, vectors] of [
      ["a", a],
      ["b", b],
    ] as const) {
      if (refusesDType(typing, name, vectors, isStringOrBool, "vectors hold numbers")) return { kind: "unknown" };
      if (vectors.shape !== null && vectors.shape.length !== 1 && vectors.shape.length !== 2)
        return typing.fail(
          name,
          "shape-mismatch",
          `vectors are [d] or [n, d], not ${printType(vectors)}`,
          "pool tokens' vectors with embedding.pool first",
        );
    }
    if (a.shape !== null && b.shape !== null && !typing.unify(a.shape.at(-1) ?? null, b.shape.at(-1) ?? null))
      return typing.fail(
        "b",
        "shape-mismatch",
        `${printType(b)} cannot be compared with ${printType(a)}`,
        "vectors of one model have equally many dimensions",
      );
    return typing.type("top_k") === undefined ? scoresType(a, b) : hitsType(a);
  },
  kernel: ({ a, b, metric, top_k }): Value => {
    checkVectors("a", a);
    checkVectors("b", b);
    const width = a.shape.at(-1) ?? 0;
    if (width !== b.shape.at(-1))
      throw invalidInput(
        `"${step}" takes vectors of equally many dimensions, but "a" has ${width} and "b" ${b.shape.at(-1)}`,
      );
    const scores = scoresOf(metric, floatNumbersOf(a), floatNumbersOf(b), width);
    if (top_k !== undefined) return hitsOf(scores, a, rowsOf(b), top_k);
    const dtype = scoreDType(promote(a.dtype, b.dtype) ?? "float64");
    return tensorOfFloats(dtype, [...a.shape.slice(0, -1), ...b.shape.slice(0, -1)], scores);
  },
  work: ({ a, b }) => sizeOf(a.shape) * rowsOf(b),
});

function rowsOf({ shape }: Tensor): number {
  return sizeOf(shape.slice(0, -1));
}

function checkVectors(name: string, { dtype, shape }: Tensor): void {
  if (isStringOrBool(dtype) || (shape.length !== 1 && shape.length !== 2))
    throw invalidInput(
      `"${step}" takes vectors of shape [d] or [n, d] for "${name}", not ${dtype}[${shape.join(", ")}]`,
    );
}

function hitsOf(scores: Float64Array, a: Tensor, others: number, count: number): Value {
  const hitsAt = (start: number) =>
    topIndices(scores, start, others, 1, count).map((index) => ({ index, score: scores[start + index] ?? 0 }));
  return a.shape.length === 1 ? hitsAt(0) : Array.from({ length: rowsOf(a) }, (_, row) => hitsAt(row * others));
}

function scoresType(a: TensorType, b: TensorType): Type {
  const common = a.dtype === null || b.dtype === null ? null : (promote(a.dtype, b.dtype) ?? null);
  const dtype = common === null ? null : scoreDType(common);
  return tensorOf(
    dtype,
    a.shape === null || b.shape === null ? null : [...a.shape.slice(0, -1), ...b.shape.slice(0, -1)],
  );
}

function hitsType(a: TensorType): Type {
  if (a.shape === null) return { kind: "unknown" };
  const hits = listOf(recordOf({ index: integerType, score: numberType }));
  return a.shape.length === 1 ? hits : listOf(hits);
}
