import { integerType, numberType, optional, recordOf, stringType, tensorOf } from "../../../../runtime/types/type.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { runStep, stepNamed } from "../../../support/run-step.js";
import { typeOf } from "../../../support/typing.js";

const cases = { "1": "one", true: "yes", en: "Hello" };

test.each([
  ["en", "Hello"],
  [1, "one"],
  [1n, "one"],
  [true, "yes"],
  [new Tensor("int64", [], BigInt64Array.of(1n)), "one"],
  ["toString", undefined],
])("flow.switch on %p gives %p", async (on, expected) => {
  expect(await runStep("flow.switch", { on, cases })).toBe(expected);
});

test("flow.switch refuses to choose by a record", async () => {
  await expect(runStep("flow.switch", { on: {}, cases })).rejects.toMatchObject({
    message: '"flow.switch" takes a text, a number or a boolean for "on", not a record',
  });
});

test.each([
  [{ cases: { literal: { a: 1 } }, otherwise: { literal: 2 } }, "integer"],
  [{ cases: { literal: { a: 1 } } }, "integer?"],
  [{ cases: { literal: { a: 1, b: "x" } }, otherwise: stringType }, "integer | string"],
  [{ cases: { literal: {} } }, 'bad-argument at "cases": there is no case to choose'],
  [
    { cases: { literal: { a: 1 } }, on: recordOf({}) },
    'type-mismatch at "on": only a text, a number or a boolean chooses a case of "cases"',
  ],
])("the type of flow.switch for %j is %s", (given, expected) => {
  expect(typeOf("flow.switch", { on: stringType, ...given })).toBe(expected);
});

test("flow.first takes the first that was not skipped, null among them", () => {
  const { kernel } = stepNamed("flow.first");
  const context = { signal: new AbortController().signal };
  const skipped = (values: readonly unknown[], otherwise?: string) =>
    kernel({ values: values as readonly string[], otherwise }, context);
  expect(skipped([undefined, "b", "c"])).toBe("b");
  expect(skipped([undefined, null], "x")).toBeNull();
  expect(skipped([undefined], "x")).toBe("x");
  expect(skipped([undefined])).toBeUndefined();
});

test.each([
  [{ values: { items: [optional(stringType), stringType] } }, "string"],
  [{ values: { items: [optional(stringType), integerType, numberType] } }, "string | integer"],
  [{ values: { items: [optional(stringType), optional(integerType)] } }, "(string | integer)?"],
  [{ values: { items: [optional(stringType)] }, otherwise: { literal: 1 } }, "string | integer"],
])("the type of flow.first for %j is %s", (given, expected) => {
  expect(typeOf("flow.first", given)).toBe(expected);
});

test("flow.merge takes the later field, whatever its name, unless it was skipped", async () => {
  const odd = JSON.parse('{ "__proto__": 1 }');
  const merged = await runStep("flow.merge", { records: [{ a: 1, b: 1 }, { b: 2, a: undefined }, odd] });
  expect(Object.entries(merged ?? {})).toEqual([
    ["a", 1],
    ["b", 2],
    ["__proto__", 1],
  ]);
});

test.each([
  [
    { records: { items: [recordOf({ a: stringType, b: stringType }), recordOf({ b: integerType })] } },
    "{ a: string, b: integer }",
  ],
  [
    { records: { items: [recordOf({ a: stringType }), recordOf({ a: optional(integerType) })] } },
    "{ a: string | integer }",
  ],
  [
    { records: { items: [recordOf({ a: stringType }), tensorOf("float32", [2])] } },
    'type-mismatch at "records": only records are joined, not float32[2]',
  ],
])("the type of flow.merge for %j is %s", (given, expected) => {
  expect(typeOf("flow.merge", given)).toBe(expected);
});

test("flow.merge refuses what is no record", async () => {
  await expect(runStep("flow.merge", { records: [1] })).rejects.toMatchObject({
    message: '"flow.merge" takes records in "records", not the number 1',
  });
});
