/** A version of a model with state: what it gave for one request of a sequence it takes again with the next. */
import { invalidInput } from "../../errors.js";
import type { PlanModel, PlanSequence, PlanVersion } from "../../plan/plan.js";
import { digestOfValues } from "../../values/digest.js";
import type { AnsweringGroup } from "../graph/model-node.js";
import type { Feeds } from "../group/check-feeds.js";
import { firstState } from "./first-state.js";
import type { SequenceStore, Stepped } from "./sequence-store.js";

export interface SequencedParts {
  readonly name: string;
  readonly model: PlanModel;
  readonly sequence: PlanSequence;
  readonly version: PlanVersion;
  readonly group: AnsweringGroup;
  readonly store: SequenceStore;
}

/** Requests that name no sequence are sequences of one request: nothing is kept of them. */
export function sequencedGroup({ name, model, sequence, version, group, store }: SequencedParts): AnsweringGroup {
  const { state } = sequence;
  const scope = digestOfValues(JSON.stringify([version.digest, state]), {});
  return {
    outputRows: (output) => group.outputRows(output),
    submit: async (feeds, rows, options) => {
      if (rows !== null && rows !== 1)
        throw invalidInput(`Model "${name}" keeps state: a request gives it one row of its sequence, not ${rows}.`);
      const run = async (held: Feeds | undefined): Promise<Stepped<Feeds>> => {
        const before = held ?? firstState(name, model.inputs, state, feeds);
        return apart(await group.submit({ ...feeds, ...before }, rows, options), sequence);
      };
      if (options.sequence === undefined) return (await run(undefined)).answer;
      const step = { version: version.version, scope, signal: options.signal };
      return store.step(options.sequence, step, run);
    },
  };
}

/** The outputs that callers get, and the state by the inputs that take it. */
function apart(outputs: Feeds, { state }: PlanSequence): Stepped<Feeds> {
  const answer = { ...outputs };
  const next: { [input: string]: Feeds[string] } = {};
  for (const { input, output } of state) {
    const tensor = outputs[output];
    if (tensor !== undefined) next[input] = tensor;
    delete answer[output];
  }
  return { answer, state: next };
}
