/** Why an output cannot be what an input takes at the next request, or nobody knows what it takes at the first. */

import { writtenState } from "../../../runtime/engine/sequences/first-state.js";
import { EkibenError } from "../../../runtime/errors.js";
import type { ModelOutput, ModelValue, PlanState } from "../../../runtime/plan/plan.js";
import { withoutState } from "../../../runtime/plan/state.js";
import { quote } from "../../../runtime/suggest.js";
import { type Dim, printType, tensorOf } from "../../../runtime/types/type.js";
import type { LoadedModel } from "../../models/load.js";

export interface StateProblem {
  readonly message: string;
  readonly help: string;
  /** Of the state, where one is to blame. */
  readonly field?: "input" | "output" | "initial" | "sizes";
}

export function stateProblem(
  model: LoadedModel,
  input: ModelValue,
  output: ModelOutput,
  state: PlanState,
): StateProblem | undefined {
  if (input.optional === true)
    return {
      message: `the model's file gives input ${quote(input.name)} its value, which onnxruntime-node cannot replace`,
      help: "export the model with the state as an input alone",
      field: "input",
    };
  if (input.shape === null)
    return {
      message: `input ${quote(input.name)} says nothing of its shape`,
      help: "narrow it by `signature.inputs`",
      field: "input",
    };
  if (input.dtype !== output.dtype || !fits(input.shape, output.shape))
    return {
      message: `output ${quote(output.name)} is ${typeOf(output)}, and input ${quote(input.name)} takes ${typeOf(input)}`,
      help: "name the output that has the input's type",
      field: "output",
    };
  return initialProblem(input, state) ?? sizeProblem(model, input, state);
}

function fits(taken: readonly Dim[], given: readonly Dim[] | null): boolean {
  if (given === null) return true;
  const differs = (a: Dim, b: Dim | undefined) => typeof a === "number" && typeof b === "number" && a !== b;
  return taken.length === given.length && !taken.some((dim, axis) => differs(dim, given[axis]));
}

function initialProblem(input: ModelValue, { initial = 0 }: PlanState): StateProblem | undefined {
  const problem = (message: string): StateProblem => ({
    message,
    help: "write a number that fills it, or nested lists for one sequence",
    field: "initial",
  });
  if (!Array.isArray(initial)) {
    const isWhole = input.dtype.startsWith("float") || Number.isInteger(initial);
    return isWhole && (input.dtype !== "string" || initial === 0)
      ? undefined
      : problem(`input ${quote(input.name)} is ${typeOf(input)}, which ${String(initial)} cannot fill`);
  }
  try {
    const { shape } = writtenState(input, initial);
    return input.shape !== null && fits(input.shape, shape)
      ? undefined
      : problem(`input ${quote(input.name)} is ${typeOf(input)}, and the lists written here are [${shape.join(", ")}]`);
  } catch (error) {
    if (!(error instanceof EkibenError)) throw error;
    return problem(error.message);
  }
}

/** Dimensions behind the rows must be known: by the signature, another input, or `sizes`. */
function sizeProblem(
  model: LoadedModel,
  input: ModelValue,
  { initial, sizes = {} }: PlanState,
): StateProblem | undefined {
  const dims = input.shape ?? [];
  const stray = Object.keys(sizes).find((name) => !dims.includes(name));
  if (stray !== undefined)
    return {
      message: `input ${quote(input.name)} is ${typeOf(input)}, which has no dimension ${quote(stray)}`,
      help: "remove the size",
      field: "sizes",
    };
  if (Array.isArray(initial)) return undefined;
  const told = new Set(withoutState(model, model.state).inputs.flatMap(({ shape }) => shape ?? []));
  const isKnown = (dim: Dim, axis: number) =>
    typeof dim === "number" ||
    (axis === 0 && input.batchable === true) ||
    (dim !== null && (told.has(dim) || Object.hasOwn(sizes, dim)));
  const unknown = dims.findIndex((dim, axis) => !isKnown(dim, axis));
  if (unknown === -1) return undefined;
  const dim = dims[unknown] ?? "?";
  return {
    message: `nobody knows the size of ${quote(String(dim))} that input ${quote(input.name)}, ${typeOf(input)}, starts with`,
    help: dim === "?" ? "narrow it by `signature.inputs`" : `add \`sizes: { ${dim}: 1 }\`, or whatever it starts with`,
  };
}

function typeOf({ dtype, shape }: Pick<ModelValue, "dtype" | "shape">): string {
  return printType(tensorOf(dtype, shape));
}
