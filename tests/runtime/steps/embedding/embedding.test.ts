import { tensorOf } from "../../../../runtime/types/type.js";
import { isTensor, Tensor, type Value } from "../../../../runtime/values/value.js";
import { decodeReference, differences, referenceCases } from "../../../support/reference.js";
import { runStep } from "../../../support/run-step.js";
import { ruleOf, typeOf } from "../../../support/typing.js";

const pooled = referenceCases("embeddings", "embedding.pool").map((each) => [each.name, each] as const);
const compared = referenceCases("embeddings", "embedding.similarity").map((each) => [each.name, each] as const);

test("the recording holds what is counted on", () => {
  expect([pooled.length, compared.length]).toEqual([146, 30]);
});

test.each(pooled)(
  "pooling %s is sentence-transformers'",
  async (_, { arguments: given, inputs, expected, tolerance }) => {
    const hidden = decodeReference(inputs.hidden ?? null);
    const mask = decodeReference(inputs.attention_mask ?? null);
    const result = await runStep("embedding.pool", { ...given, hidden, attention_mask: mask });
    expect(differences(result, expected.embedding ?? null, tolerance)).toEqual([]);
    const [h, m, r] = [hidden, mask, result].map(exactType);
    expect(
      ruleOf("embedding.pool", { hidden: h ?? tensorOf(null, null), attention_mask: m ?? tensorOf(null, null) }).type,
    ).toEqual(r);
  },
);

test.each(compared)("%s is NumPy's", async (_, { arguments: given, inputs, expected, tolerance }) => {
  const [a, b] = [inputs.a ?? null, inputs.b ?? null].map(decodeReference);
  const result = await runStep("embedding.similarity", { ...given, a: a ?? null, b: b ?? null });
  // The recording names the closest for a single row; the step gives a list for each row.
  const hits = expected.hits === undefined ? undefined : [expected.hits];
  expect(differences(result, expected.scores ?? hits ?? null, tolerance)).toEqual([]);
});

test("one text is pooled as a batch of one is, without the batch", async () => {
  const hidden = new Tensor("float32", [2, 2], Float32Array.of(1, 2, 3, 6));
  expect(await runStep("embedding.pool", { hidden, attention_mask: [1, 1], mode: "max", normalize: false })).toEqual(
    new Tensor("float32", [2], Float32Array.of(3, 6)),
  );
});

test.each(["mean", "max", "last", "mean_sqrt_len"])("%s of a text without tokens is zero", async (mode) => {
  const hidden = new Tensor("float32", [2, 2], Float32Array.of(1, 2, 3, 6));
  const result = await runStep("embedding.pool", { hidden, attention_mask: [0, 0], mode, normalize: true });
  expect(result).toEqual(new Tensor("float32", [2], new Float32Array(2)));
});

test("vectors of float16 stay float16", async () => {
  const hidden = new Tensor("float16", [2, 1], Uint16Array.of(0x3c00, 0x4000));
  expect(await runStep("embedding.pool", { hidden, attention_mask: [true, true] })).toEqual(
    new Tensor("float16", [1], Uint16Array.of(0x3e00)),
  );
});

test("the euclidean score is the negative distance", async () => {
  const result = await runStep("embedding.similarity", {
    a: [[0, 0]],
    b: [
      [3, 4],
      [0, 1],
    ],
    metric: "euclidean",
  });
  expect(result).toEqual(new Tensor("float64", [1, 2], Float64Array.of(-5, -1)));
});

test("of equal scores the lower index comes first", async () => {
  expect(
    await runStep("embedding.similarity", {
      a: [1, 0],
      b: [
        [0, 1],
        [2, 0],
        [3, 0],
      ],
      top_k: 9,
    }),
  ).toEqual([
    { index: 1, score: 1 },
    { index: 2, score: 1 },
    { index: 0, score: 0 },
  ]);
});

test.each<[string, string, { readonly [name: string]: Value }, string]>([
  [
    "a mask of another length",
    "embedding.pool",
    { hidden: [[1], [2]], attention_mask: [1] },
    '"embedding.pool" takes a mask of [2] for "attention_mask", not int64[1]',
  ],
  [
    "a vector where tokens are taken",
    "embedding.pool",
    { hidden: [1], attention_mask: [1] },
    '"embedding.pool" takes float[seq, d] or float[n, seq, d] for "hidden", not int64[1]',
  ],
  [
    "vectors of other lengths",
    "embedding.similarity",
    { a: [1], b: [1, 2] },
    '"embedding.similarity" takes vectors of equally many dimensions, but "a" has 1 and "b" 2',
  ],
  [
    "a number",
    "embedding.similarity",
    { a: 1, b: [1] },
    '"embedding.similarity" takes vectors of shape [d] or [n, d] for "a", not int64[]',
  ],
])("%s is refused", async (_, step, given, message) => {
  await expect(runStep(step, given)).rejects.toMatchObject({ code: "invalid-input", message });
});

const f = (...shape: (number | string | null)[]) => tensorOf("float32", shape);
const ids = (...shape: (number | string)[]) => tensorOf("int64", shape);

test.each([
  [{ hidden: f("batch", "seq", 384), attention_mask: ids("batch", "seq") }, "float32[batch, 384]"],
  [{ hidden: f("seq", 384), attention_mask: ids("seq") }, "float32[384]"],
  [
    { hidden: f("batch", 4, 384), attention_mask: ids("batch", 5) },
    'shape-mismatch at "attention_mask": int64[batch, 5] is no mask for float32[batch, 4, 384]',
  ],
  [
    { hidden: f(384), attention_mask: ids(1) },
    'shape-mismatch at "hidden": tokens\' vectors are [seq, d] or [n, seq, d], not float32[384]',
  ],
])("the type of embedding.pool for %j is %s", (given, expected) => {
  expect(typeOf("embedding.pool", given)).toBe(expected);
});

test.each([
  [{ a: f("n", 4), b: f("m", 4) }, "float32[n, m]"],
  [{ a: f(4), b: f("m", 4) }, "float32[m]"],
  [{ a: f(4), b: tensorOf("float64", ["d"]) }, "float64[]"],
  [{ a: f(4), b: f("m", 4), top_k: { literal: 3 } }, "list<{ index: integer, score: number }>"],
  [{ a: f("n", 4), b: f("m", 4), top_k: { literal: 3 } }, "list<list<{ index: integer, score: number }>>"],
  [{ a: f(4), b: f(5) }, 'shape-mismatch at "b": float32[5] cannot be compared with float32[4]'],
])("the type of embedding.similarity for %j is %s", (given, expected) => {
  expect(typeOf("embedding.similarity", given)).toBe(expected);
});

function exactType(value: Value | undefined) {
  return isTensor(value) ? tensorOf(value.dtype, value.shape) : tensorOf(null, null);
}
