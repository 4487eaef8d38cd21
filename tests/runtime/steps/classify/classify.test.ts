import { EkibenError } from "../../../../runtime/errors.js";
import { tensorOf } from "../../../../runtime/types/type.js";
import { isList, isTensor, Tensor, type Value } from "../../../../runtime/values/value.js";
import { decodeReference, differences, referenceCases } from "../../../support/reference.js";
import { runStep } from "../../../support/run-step.js";
import { typeOf } from "../../../support/typing.js";

const cases = referenceCases("classify").map((each) => [each.name, each] as const);

test("the recording holds what is counted on", () => {
  expect(cases).toHaveLength(48);
});

test.each(cases)("%s is NumPy's", async (_, each) => {
  const { logits = null } = each.inputs;
  const result = await runStep(each.step, { ...each.arguments, logits: decodeReference(logits) });
  expect(differences(result, each.expected.rows ?? null, each.tolerance)).toEqual([]);
});

test.each(cases)("%s is the same for one row alone", async (_, each) => {
  const logits = decodeReference(each.inputs.logits ?? null);
  if (!isTensor(logits)) throw new Error("logits are a tensor");
  const row = await runStep("tensor.gather", { x: logits, indices: 0 });
  const rows = await runStep(each.step, { ...each.arguments, logits });
  expect(await runStep(each.step, { ...each.arguments, logits: row ?? null })).toEqual(
    isList(rows) ? rows[0] : undefined,
  );
});

const labels = ["a", "b", "c"];

test("probabilities are taken as they are", async () => {
  const given = { probabilities: [0.25, 0.5, 0.25], labels };
  expect(await runStep("classify.top_k", { ...given, k: 9 })).toEqual([
    { label: "b", index: 1, score: 0.5 },
    { label: "a", index: 0, score: 0.25 },
    { label: "c", index: 2, score: 0.25 },
  ]);
  expect(await runStep("classify.threshold", given)).toEqual([{ label: "b", index: 1, score: 0.5 }]);
});

test("scores of every numeric type are taken", async () => {
  const scores = [
    new Tensor("float16", [3], Uint16Array.of(0x3c00, 0x4000, 0)),
    new Tensor("float64", [3], Float64Array.of(1, 2, 0)),
    new Tensor("int64", [3], BigInt64Array.of(1n, 2n, 0n)),
    new Tensor("uint8", [3], Uint8Array.of(1, 2, 0)),
  ];
  for (const logits of scores)
    expect(await runStep("classify.top_k", { logits, labels, k: 1, activation: "none" })).toEqual([
      { label: "b", index: 1, score: 2 },
    ]);
});

test("no rows give no lists", async () => {
  expect(
    await runStep("classify.top_k", { logits: new Tensor("float32", [0, 3], new Float32Array(0)), labels }),
  ).toEqual([]);
});

test.each<[string, { readonly [name: string]: Value }, string]>([
  [
    "too few labels",
    { logits: [1, 2, 3], labels: ["a"] },
    '"classify.top_k" has 1 labels for "labels", but "logits" scores 3 classes; each class needs one label',
  ],
  [
    "scores of rank 3",
    { logits: [[[1]]], labels: ["a"] },
    '"classify.top_k" takes scores of shape [classes] or [n, classes] for "logits", not int64[1, 1, 1]',
  ],
  [
    "texts as scores",
    { logits: ["x"], labels: ["a"] },
    '"classify.top_k" takes scores of shape [classes] or [n, classes] for "logits", not string[1]',
  ],
  [
    "a temperature of 0",
    { logits: [1], labels: ["a"], temperature: 0 },
    '"classify.top_k" takes a number above 0 for "temperature", not 0',
  ],
  [
    "k of 0",
    { logits: [1], labels: ["a"], k: 0 },
    '"classify.top_k" takes an integer of at least 1 for "k", not the number 0',
  ],
  [
    "logits and probabilities at once",
    { logits: [1], probabilities: [1], labels: ["a"] },
    '"classify.top_k" takes exactly one of "logits" and "probabilities", but "logits" and "probabilities" were given; leave the others out',
  ],
])("%s is refused", async (_, given, message) => {
  const running = runStep("classify.top_k", given);
  await expect(running).rejects.toThrow(EkibenError);
  await expect(running).rejects.toMatchObject({ code: "invalid-input", message });
});

const entries = "list<{ label: string, index: integer, score: number }>";

test.each([
  ["classify.top_k", [3], entries],
  ["classify.threshold", ["n", 3], `list<${entries}>`],
  ["classify.top_k", ["n", "classes"], `list<${entries}>`],
  ["classify.top_k", [2], 'shape-mismatch at "labels": there are 3 labels, but "logits" scores 2 classes'],
  ["classify.top_k", [1, 2, 3], 'shape-mismatch at "logits": scores are [classes] or [n, classes], not [1, 2, 3]'],
])("the type of %s for logits of %j is %s", (step, shape, expected) => {
  expect(typeOf(step, { logits: tensorOf("float32", shape), labels: { labels } })).toBe(expected);
});

test("labels in a file are not counted before the service runs", () => {
  expect(typeOf("classify.top_k", { logits: tensorOf("float32", [3]), labels: { kind: "string" } })).toBe(entries);
  expect(typeOf("classify.top_k", { logits: tensorOf("string", [3]), labels: { labels } })).toBe(
    'type-mismatch at "logits": "logits" holds string, but scores are numbers',
  );
});
