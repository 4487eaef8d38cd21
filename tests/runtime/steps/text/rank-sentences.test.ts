import { rankSentences } from "../../../../runtime/steps/text/rank-sentences.js";
import { tensorOf } from "../../../../runtime/types/type.js";
import { isTensor, type Json } from "../../../../runtime/values/value.js";
import { decodeReference, differences, referenceCases } from "../../../support/reference.js";
import { runStep } from "../../../support/run-step.js";
import { typeOf } from "../../../support/typing.js";

const cases = referenceCases("embeddings", "text.rank_sentences").flatMap((each) =>
  (["mean_cosine", "centroid"] as const).map((by) => [each.name, by, each] as const),
);

test("the recording holds what is counted on", () => {
  expect(cases).toHaveLength(12);
});

test.each(cases)("%s by %s is NumPy's", async (_, by, { arguments: given, inputs, expected, tolerance }) => {
  const vectors = decodeReference(inputs.vectors ?? null);
  if (!isTensor(vectors)) throw new Error("vectors are a tensor");
  const sentences = Array.from({ length: vectors.shape[0] ?? 0 }, (_, i) => `Sentence ${i}.`);
  const result = await runStep(rankSentences, { ...given, by, vectors, sentences });
  const scores = expected[`scores_${by}`] as readonly number[];
  const best = [...(expected[`by_${by}`] as readonly number[])].sort((a, b) => a - b);
  const entries = best.map((index): Json => ({ text: sentences[index] ?? "", index, score: scores[index] ?? 0 }));
  expect(differences(result, entries, tolerance)).toEqual([]);
});

test("a text without sentences has no best ones", async () => {
  expect(await runStep(rankSentences, { sentences: [], vectors: [], k: 3 })).toEqual([]);
});

test("more sentences than there are give all of them", async () => {
  const result = await runStep(rankSentences, {
    sentences: ["a", "b"],
    vectors: [
      [1, 0],
      [0, 1],
    ],
    k: 9,
  });
  expect(result).toHaveLength(2);
});

test("a row that is missing is refused", async () => {
  await expect(runStep(rankSentences, { sentences: ["a", "b"], vectors: [[1, 0]], k: 1 })).rejects.toMatchObject({
    code: "invalid-input",
    message: '"text.rank_sentences" has 2 sentences for "sentences", but 1 rows in "vectors"; each sentence needs one',
  });
});

test("the type is known, and vectors of another rank are reported", () => {
  const sentences = { items: [] };
  expect(typeOf(rankSentences, { sentences, vectors: tensorOf("float32", ["n", 384]) })).toBe(
    "list<{ text: string, index: integer, score: number }>",
  );
  expect(typeOf(rankSentences, { sentences, vectors: tensorOf("float32", ["n", "seq", 384]) })).toBe(
    `shape-mismatch at "vectors": the sentences' vectors are [n, d], not float32[n, seq, 384]`,
  );
});
