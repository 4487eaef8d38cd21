/** `text.rank_sentences`: the sentences that say most of a text, by their vectors. */
import { invalidInput } from "../../errors.js";
import { integerType, listOf, numberType, printType, recordOf, stringType } from "../../types/type.js";
import { sizeOf, type Tensor } from "../../values/value.js";
import { dot } from "../embedding/metrics.js";
import { normalizeRows } from "../embedding/unit-rows.js";
import { defineStep } from "../step.js";
import { floatNumbersOf } from "../tensor/support/floats.js";
import { topIndices } from "../tensor/support/top-indices.js";
import { isStringOrBool, refusesDType, tensorTypeOf } from "../tensor/support/typing.js";

const step = "text.rank_sentences";
const resultType = listOf(recordOf({ text: stringType, index: integerType, score: numberType }));

export const rankSentences = defineStep({
  name: step,
  summary: "Finds the sentences that say most of a text.",
  result: "list<{ text: string, index: integer, score: number }> in the text's order",
  details: `A sentence is central when its vector is close to those of all sentences: \`mean_cosine\` is the mean of its cosines
with each (itself counted), \`centroid\` its cosine with the mean of all. The \`k\` best are given in the order in which the
text has them, all of them when there are fewer; of equal scores the earlier sentence is taken.`,
  args: {
    sentences: { type: "list<string>", description: "The sentences, such as `text.sentences` gives them." },
    vectors: { type: "tensor", description: "The vector of each sentence, `[n, d]`." },
    k: { type: "integer", description: "How many sentences to give.", minimum: 1 },
    by: {
      type: "string",
      description: "What makes a sentence central.",
      enum: ["mean_cosine", "centroid"],
      default: "mean_cosine",
    },
  },
  examples: [
    {
      title: "The two that are alike say most.",
      with: {
        sentences: ["Cats purr.", "Rain fell.", "Cats meow."],
        vectors: [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
        k: 2,
        by: "mean_cosine",
      },
      result: [
        { text: "Cats purr.", index: 0, score: 0.6666666666666666 },
        { text: "Cats meow.", index: 2, score: 0.6666666666666666 },
      ],
    },
  ],
  typeRule: (typing) => {
    const vectors = tensorTypeOf(typing, "vectors");
    if (refusesDType(typing, "vectors", vectors, isStringOrBool, "vectors hold numbers")) return resultType;
    if (vectors.shape !== null && vectors.shape.length !== 2)
      return typing.fail(
        "vectors",
        "shape-mismatch",
        `the sentences' vectors are [n, d], not ${printType(vectors)}`,
        "pool tokens' vectors with embedding.pool first",
      );
    return resultType;
  },
  kernel: ({ sentences, vectors, k, by }) => {
    if (vectors.shape.length === 2 ? isStringOrBool(vectors.dtype) : sentences.length > 0 || sizeOf(vectors.shape) > 0)
      throw invalidInput(
        `"${step}" takes numbers of shape [n, d] for "vectors", not ${vectors.dtype}[${vectors.shape.join(", ")}]`,
      );
    if (vectors.shape[0] !== sentences.length)
      throw invalidInput(
        `"${step}" has ${sentences.length} sentences for "sentences", but ${vectors.shape[0]} rows in "vectors"; each sentence needs one`,
      );
    const scores = centrality(vectors, by);
    const best = topIndices(scores, 0, scores.length, 1, k).sort((a, b) => a - b);
    return best.map((index) => ({ text: sentences[index] ?? "", index, score: scores[index] ?? 0 }));
  },
  work: ({ vectors }) => sizeOf(vectors.shape) * 4,
});

/** The mean of a unit vector's cosines with all others is its product with the mean of all unit vectors. */
function centrality(vectors: Tensor, by: "mean_cosine" | "centroid"): Float64Array {
  const [count = 0, width = 0] = vectors.shape;
  const units = floatNumbersOf(vectors);
  normalizeRows(units, width);
  const center = new Float64Array(width);
  for (const [i, value] of units.entries()) center[i % width] = (center[i % width] ?? 0) + value / count;
  if (by === "centroid") normalizeRows(center, width);
  return Float64Array.from({ length: count }, (_, row) => dot(units, row * width, center, 0, width));
}
