/** Which of a model's inputs and outputs are its state, and which are its steps' arguments and results. */
import type { ModelOutput, ModelValue, PlanState } from "./plan.js";

interface Border {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelOutput[];
}

/** What a step gives and gets: all but the state. */
export function withoutState(
  { inputs, outputs }: Border,
  state: readonly Pick<PlanState, "input" | "output">[],
): Border {
  if (state.length === 0) return { inputs, outputs };
  return {
    inputs: inputs.filter(({ name }) => !state.some(({ input }) => input === name)),
    outputs: outputs.filter(({ name }) => !state.some(({ output }) => output === name)),
  };
}
