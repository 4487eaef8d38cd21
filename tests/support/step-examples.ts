/** Runs the examples of a step's reference page: files are read, written tensors decoded. */
import type { GivenArguments } from "../../runtime/steps/bind-arguments.js";
import type { Step, StepExample } from "../../runtime/steps/step.js";
import type { Value } from "../../runtime/values/value.js";
import { decodeReference } from "./reference.js";
import { runStep } from "./run-step.js";
import type { Tokenizers } from "./tokenizers.js";

/** The result that an example gives. */
export async function runExample(step: Step, example: StepExample, load: Tokenizers): Promise<Value | undefined> {
  const given: { -readonly [name in keyof GivenArguments]: GivenArguments[name] } = {};
  for (const [name, json] of Object.entries(example.with)) {
    given[name] = step.args[name]?.type === "tokenizer" ? await load(String(json)) : decodeReference(json);
  }
  return runStep(step.name, given);
}
