/** Which first dimensions of a model's inputs and outputs count rows. */
import type { ModelOutput, ModelValue } from "../../runtime/plan/plan.js";
import type { Dim } from "../../runtime/types/type.js";
import type { ServableInput, ServableValue } from "./servable.js";

export interface Marked {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelOutput[];
}

/**
 * Which first dimensions count rows. Inputs do when their first dimension is a symbol, the same for all of them that have
 * one; outputs when theirs is that symbol. Another symbol may be rows too, which only a run can tell.
 */
export function markRows(inputs: readonly ServableInput[], outputs: readonly ServableValue[]): Marked {
  const firsts = inputs.map((input) => firstDim(input)).filter((dim) => dim !== undefined && typeof dim !== "number");
  const symbols = new Set(firsts);
  const shared = symbols.size === 1;
  const symbol = shared ? firsts[0] : undefined;
  const isSingle = firsts.length === 0 && inputs.some((input) => firstDim(input) === 1);
  return {
    inputs: inputs.map(
      ({ optional, ...input }): ModelValue => ({
        ...input,
        ...(optional ? { optional } : {}),
        ...(shared && firstDim(input) === symbol ? { batchable: true } : {}),
      }),
    ),
    outputs: outputs.map(
      (output): ModelOutput => ({ ...output, rows: rowsOf(firstDim(output), symbol, shared, isSingle) }),
    ),
  };
}

function rowsOf(
  first: Dim | undefined,
  symbol: Dim | undefined,
  shared: boolean,
  isSingle: boolean,
): ModelOutput["rows"] {
  if (isSingle) return first === 1 ? "yes" : "no";
  if (!shared || first === undefined || typeof first === "number") return "no";
  return first === symbol && first !== null ? "yes" : "probe";
}

/** undefined for rank 0 and unknown rank. */
function firstDim(value: ServableValue): Dim | undefined {
  return value.shape === null ? undefined : value.shape[0];
}
