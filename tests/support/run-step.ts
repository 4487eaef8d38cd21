/** Runs one built-in step, by its name or itself, as the engine does: its arguments are bound, then its kernel is called. */
import { bindArguments, type GivenArguments } from "../../runtime/steps/bind-arguments.js";
import { findStep } from "../../runtime/steps/index.js";
import type { Step } from "../../runtime/steps/step.js";
import type { Value } from "../../runtime/values/value.js";

/** The step's result for these arguments; the caller never leaves. */
export async function runStep(name: string | Step, args: GivenArguments): Promise<Value | undefined> {
  const step = typeof name === "string" ? stepNamed(name) : name;
  return step.kernel(bindArguments(step, args), { signal: new AbortController().signal });
}

/** The step of this name, which must be there. */
export function stepNamed(name: string): Step {
  const step = findStep(name);
  if (step === undefined) throw new Error(`there is no step "${name}"`);
  return step;
}
