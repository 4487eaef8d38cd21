/** What a step's type rule says of one use: the printed type, or the failure that it reports. */
import type { StepTyping } from "../../runtime/steps/step.js";
import { type Dim, printType, type Type, unknownType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import { stepNamed } from "./run-step.js";

/** An argument of a use: a type where it is an expression, or the value that the spec writes out with its type. */
export interface TypedArgument {
  readonly type: Type;
  readonly literal?: Json;
}

export type TypedArguments = { readonly [name: string]: TypedArgument };

/** The type as it prints, or `CODE at ARGUMENT: MESSAGE (HELP)`. Named dimensions are equal only to themselves. */
export function typeOfStep(step: string, given: TypedArguments): string {
  let failure: string | undefined;
  const type = applyTypeRule(step, given, (argument, code, message, help) => {
    failure ??= `${code} at ${argument}: ${message} (${help})`;
  });
  return failure ?? printType(type);
}

/** The type itself, where the rule finds nothing wrong. */
export function resultType(step: string, given: TypedArguments): Type {
  return applyTypeRule(step, given, (_argument, _code, message) => {
    throw new Error(message);
  });
}

type Fail = (...failure: Parameters<StepTyping["fail"]>) => void;

function applyTypeRule(step: string, given: TypedArguments, fail: Fail): Type {
  const { args, typeRule } = stepNamed(step);
  return typeRule({
    type: (name) => given[name]?.type,
    literal: (name) => (name in given ? given[name]?.literal : args[name]?.default),
    labels: () => undefined,
    unify: (a: Dim, b: Dim) => a === null || b === null || a === b,
    fail(...failure) {
      fail(...failure);
      return unknownType;
    },
  });
}

/** An argument that is an expression of this type. */
export function expression(type: Type): TypedArgument {
  return { type };
}

/** An argument that the spec writes out. */
export function written(literal: Json, type: Type): TypedArgument {
  return { type, literal };
}
