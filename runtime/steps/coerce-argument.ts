/**
 * One value to the type that an argument declares, within the argument's limits: plain numbers become tensors where a
 * tensor is taken, tensors of rank 0 become numbers where a number is.
 */
import { invalidInput } from "../errors.js";
import { describeValue } from "../values/describe.js";
import type { Value } from "../values/value.js";
import { argumentLimits } from "./argument-limits.js";
import type { Arg, ArgumentValue } from "./step.js";
import { typeCoercions } from "./type-coercions.js";

export type Coercion = (given: ArgumentValue) => ArgumentValue;

/** The check and conversion of one argument, made once a step; it throws `invalidInput` that names step and argument. */
export function argumentCoercion(step: string, name: string, arg: Arg): Coercion {
  // A tokenizer is loaded by whoever runs the step: no request's value stands for one.
  if (arg.type === "tokenizer") return (given) => given;
  const { words, coerce } = typeCoercions[arg.type];
  const limits = argumentLimits(arg);
  const refuse = (value: Value, expected: string) =>
    invalidInput(`"${step}" takes ${expected} for "${name}", not ${describeValue(value)}`);
  const refuseElement = (reason: string) => invalidInput(`"${step}" cannot take "${name}": ${reason}`);
  return (given) => {
    // Only `tokenizer` arguments are given tokenizers.
    const value = given as Value;
    const coerced = coerce(value, refuseElement);
    if (coerced === undefined) throw refuse(value, words);
    for (const limit of limits) if (!limit.holds(coerced)) throw refuse(value, limit.words);
    return coerced;
  };
}
