/** Every recorded answer of NumPy for `tensor.*`; the recording names some arguments otherwise than the steps do. */
import { EkibenError } from "../../../../runtime/errors.js";
import type { Type } from "../../../../runtime/types/type.js";
import { isRecord, isTensor, type Json, type Value } from "../../../../runtime/values/value.js";
import { decodeReference, differences, type ReferenceCase, referenceCases } from "../../../support/reference.js";
import { runStep } from "../../../support/run-step.js";
import { ruleOf, type TypedArgument } from "../../../support/typing.js";

const cases = referenceCases("tensor");
const operationNames: { readonly [recorded: string]: string } = {
  subtract: "sub",
  multiply: "mul",
  divide: "div",
  power: "pow",
  minimum: "min",
  maximum: "max",
  negative: "neg",
};

interface Call {
  readonly step: string;
  readonly literals: { readonly [name: string]: Json };
  readonly inputs: { readonly [name: string]: Value };
}

/** The case as a call of our step. NumPy's null is an argument that is left out. */
async function callOf({ step, arguments: recorded, inputs }: ReferenceCase): Promise<Call> {
  const given = Object.entries(recorded).filter(([, value]) => value !== null);
  const literals: { [name: string]: Json } = Object.fromEntries(given);
  const values = Object.fromEntries(Object.entries(inputs).map(([name, json]) => [name, decodeReference(json)]));
  if (step === "tensor.norm") return { step, literals: normLiterals(literals), inputs: values };
  if (step === "tensor.math")
    return { step, literals: { op: operationNames[String(literals.op)] ?? String(literals.op) }, inputs: values };
  // NumPy searches the flattened tensor where the axis is null; a spec reshapes first.
  if ((step === "tensor.argmax" || step === "tensor.argmin") && recorded.axis === null)
    return {
      step,
      literals: {},
      inputs: { x: (await runStep("tensor.reshape", { x: values.x, shape: [-1] })) ?? null },
    };
  return { step, literals, inputs: values };
}

function normLiterals({ axis, ord, keepdims }: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  return {
    ord: ord === "inf" ? "Infinity" : (ord ?? 2),
    keepdims: keepdims ?? false,
    ...(axis === undefined ? {} : { axes: [axis] }),
  };
}

const answered = cases.filter((each) => !("error" in each.expected)).map((each) => [each.name, each] as const);
const refused = cases.filter((each) => "error" in each.expected).map((each) => [each.name, each] as const);

test("the recording holds what is counted on", () => {
  expect([answered.length, refused.length]).toEqual([226, 11]);
});

test.each(answered)("%s is NumPy's", async (_, each) => {
  const { step, literals, inputs } = await callOf(each);
  const result = await runStep(step, { ...literals, ...inputs });
  expect(differences(result, each.expected.tensor ?? each.expected, each.tolerance)).toEqual([]);
});

test.each(refused)("%s is refused", async (_, each) => {
  const { step, literals, inputs } = await callOf(each);
  await expect(runStep(step, { ...literals, ...inputs })).rejects.toThrow(EkibenError);
});

test.each(answered)("the type rule for %s claims what comes out", async (_, each) => {
  const { step, literals, inputs } = await callOf(each);
  const result = await runStep(step, { ...literals, ...inputs });
  const { type, failures } = ruleOf(step, typesOf(literals, inputs));
  expect(failures).toEqual([]);
  expect(falseClaims(type, result)).toEqual([]);
});

test.each(refused)("the type rule for %s reports the mistake, or promises nothing false", async (_, each) => {
  const { step, literals, inputs } = await callOf(each);
  const { failures } = ruleOf(step, typesOf(literals, inputs));
  // The one mistake that depends on how many elements there are, and is left to the kernel.
  expect(failures.length > 0 || each.name === "max #8" || each.name.startsWith("gather")).toBe(true);
});

function typesOf(literals: Call["literals"], inputs: Call["inputs"]): { [name: string]: TypedArgument } {
  const types: { [name: string]: TypedArgument } = {};
  for (const [name, literal] of Object.entries(literals)) types[name] = { literal };
  for (const [name, value] of Object.entries(inputs))
    types[name] = Array.isArray(value) ? { items: value.map(exactType) } : exactType(value);
  return types;
}

function exactType(value: Value): Type {
  if (!isTensor(value)) throw new Error("inputs are tensors");
  return { kind: "tensor", dtype: value.dtype, shape: value.shape };
}

/** Where a type says something else than the value is. Exact input shapes leave nothing unknown here. */
function falseClaims(type: Type, value: Value | undefined): string[] {
  if (type.kind === "record" && isRecord(value))
    return Object.entries(type.fields).flatMap(([name, field]) => falseClaims(field, value[name]));
  if (type.kind !== "tensor" || !isTensor(value)) return [`${type.kind} for a value of another kind`];
  const { dtype, shape } = type;
  const wrongShape =
    shape === null || shape.length !== value.shape.length || shape.some((dim, i) => dim !== value.shape[i]);
  return [
    ...(dtype === value.dtype ? [] : [`${dtype} for ${value.dtype}`]),
    ...(wrongShape ? [`[${shape?.join(", ")}] for [${value.shape.join(", ")}]`] : []),
  ];
}
