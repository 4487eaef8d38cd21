/** The state that a model keeps between requests, as the Plan has it. */
import type { PlanSequence, PlanState } from "../../runtime/plan/plan.js";
import type { Json } from "../../runtime/values/value.js";
import type { Model } from "../spec/types.js";
import { bytesOf } from "./lower-cache.js";

export function planSequence(sequence: Model["sequence"]): { readonly sequence?: PlanSequence } {
  if (sequence === undefined) return {};
  return {
    sequence: {
      idleTimeoutS: sequence.idle_timeout_s,
      maxSequences: sequence.max_sequences,
      maxBytes: bytesOf(sequence.max_bytes),
      state: sequence.state.map(planState),
    },
  };
}

function planState({ input, output, initial, sizes }: NonNullable<Model["sequence"]>["state"][number]): PlanState {
  return {
    input,
    output,
    ...(initial === 0 ? {} : { initial: initial as Json }),
    ...(sizes === undefined ? {} : { sizes }),
  };
}
