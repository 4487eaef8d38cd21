/** Every example of a numeric step's page gives what the page says. */
import { classifySteps } from "../../../runtime/steps/classify/index.js";
import { embeddingSteps } from "../../../runtime/steps/embedding/index.js";
import { flowSteps } from "../../../runtime/steps/flow/index.js";
import { tensorSteps } from "../../../runtime/steps/tensor/index.js";
import { rankSentences } from "../../../runtime/steps/text/rank-sentences.js";
import { isDType } from "../../../runtime/values/dtype.js";
import { tensorFromNested, tensorToNested } from "../../../runtime/values/nested.js";
import { isList, isRecord, isTensor, type Json, type Value } from "../../../runtime/values/value.js";
import { runStep } from "../../support/run-step.js";

const steps = [...tensorSteps, ...classifySteps, ...embeddingSteps, ...flowSteps, rankSentences];

test.each(steps.map((step) => [step.name, step] as const))("%s has an example", (_, step) => {
  expect(step.examples.length).toBeGreaterThan(0);
});

test.each(steps.flatMap((step) => step.examples.map((example) => [step.name, example.title, step, example] as const)))(
  "%s: %s",
  async (_, __, step, example) => {
    const given = Object.fromEntries(Object.entries(example.with).map(([name, json]) => [name, argumentOf(json)]));
    expect(jsonOf(await runStep(step, given))).toEqual(example.result);
  },
);

/** `{ dtype, data }` stands for a tensor. */
function argumentOf(json: Json): Value {
  if (!isRecord(json)) return json;
  const { dtype, data } = json;
  return typeof dtype === "string" && isDType(dtype) && data !== undefined ? tensorFromNested(data, dtype) : json;
}

function jsonOf(value: Value | undefined): unknown {
  if (isTensor(value)) return tensorToNested(value);
  if (isList(value)) return value.map(jsonOf);
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonOf(field)]))
    : value;
}
