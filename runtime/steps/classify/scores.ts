/** What the steps of `classify` share: rows of scores from logits or probabilities, their labels, and the type rule. */
import { invalidInput } from "../../errors.js";
import {
  type Dim,
  integerType,
  listOf,
  numberType,
  printDim,
  recordOf,
  stringType,
  type Type,
} from "../../types/type.js";
import type { Tensor, Value } from "../../values/value.js";
import type { StepTyping } from "../step.js";
import { floatNumbersOf } from "../tensor/support/floats.js";
import { logistic } from "../tensor/support/logistic.js";
import { softmaxInPlace } from "../tensor/support/softmax-row.js";
import { isStringOrBool, refusesDType, tensorTypeOf } from "../tensor/support/typing.js";

export type Activation = "softmax" | "sigmoid" | "none";

export interface Scores {
  readonly logits: Tensor | undefined;
  readonly probabilities: Tensor | undefined;
  readonly labels: readonly string[];
  readonly activation: Activation;
  readonly temperature: number;
}

/** The positions to give for one row of scores, best first. */
type Choose = (scores: Float64Array, start: number, length: number) => readonly number[];

/** A list of `{ label, index, score }` for a row of scores, a list of lists for a matrix. */
export function classified(step: string, given: Scores, choose: Choose): Value {
  const name = given.logits === undefined ? "probabilities" : "logits";
  const tensor = given.logits ?? given.probabilities;
  const rank = tensor?.shape.length ?? 0;
  if (tensor === undefined || (rank !== 1 && rank !== 2) || isStringOrBool(tensor.dtype))
    throw invalidInput(
      `"${step}" takes scores of shape [classes] or [n, classes] for "${name}", not ${tensor?.dtype}[${tensor?.shape.join(", ")}]`,
    );
  const classes = tensor.shape.at(-1) ?? 0;
  if (given.labels.length !== classes)
    throw invalidInput(
      `"${step}" has ${given.labels.length} labels for "labels", but "${name}" scores ${classes} classes; each class needs one label`,
    );
  const scores = activated(floatNumbersOf(tensor), classes, given.activation, given.temperature);
  const entriesAt = (start: number) =>
    choose(scores, start, classes).map((index) => ({
      label: given.labels[index] ?? "",
      index,
      score: scores[start + index] ?? 0,
    }));
  const rows = tensor.shape[0] ?? 0;
  return rank === 1 ? entriesAt(0) : Array.from({ length: rows }, (_, row) => entriesAt(row * classes));
}

function activated(scores: Float64Array, classes: number, activation: Activation, temperature: number): Float64Array {
  if (temperature !== 1) for (const [i, score] of scores.entries()) scores[i] = score / temperature;
  if (activation === "sigmoid") return scores.map(logistic);
  if (activation === "softmax")
    for (let start = 0; start < scores.length; start += classes) softmaxInPlace(scores, start, classes, 1);
  return scores;
}

const entryType = recordOf({ label: stringType, index: integerType, score: numberType });

/** The list of entries for each row, and a mismatch of labels and classes where both are known. */
export function classifiedType(typing: StepTyping): Type {
  const name = typing.type("logits") === undefined ? "probabilities" : "logits";
  const scores = tensorTypeOf(typing, name);
  if (refusesDType(typing, name, scores, isStringOrBool, "scores are numbers")) return { kind: "unknown" };
  const { shape } = scores;
  if (shape === null) return { kind: "unknown" };
  if (shape.length !== 1 && shape.length !== 2)
    return typing.fail(
      name,
      "shape-mismatch",
      `scores are [classes] or [n, classes], not [${shape.map(printDim).join(", ")}]`,
      "take one part of them with tensor.gather or tensor.slice",
    );
  const classes: Dim = shape.at(-1) ?? null;
  const labels = typing.labels("labels");
  if (labels !== undefined && !typing.unify(classes, labels.length))
    return typing.fail(
      "labels",
      "shape-mismatch",
      `there are ${labels.length} labels, but "${name}" scores ${printDim(classes)} classes`,
      "each class needs one label, in the model's order",
    );
  return shape.length === 1 ? listOf(entryType) : listOf(listOf(entryType));
}

/** Elements of work: every score is activated and compared. */
export function classifyWork({ logits, probabilities }: Pick<Scores, "logits" | "probabilities">): number {
  return ((logits ?? probabilities)?.data.length ?? 0) * 8;
}
