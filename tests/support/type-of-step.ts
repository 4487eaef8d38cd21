/** What a step's type rule says of one use: the printed type, or the failure that it reports. */
import { type Dim, printType, type Type, unknownType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import { stepNamed } from "./run-step.js";

/** An argument of a use: a type where it is an expression, or the value that the spec writes out with its type. */
export interface TypedArgument {
  readonly type: Type;
  readonly literal?: Json;
}

/** The type as it prints, or `CODE at ARGUMENT: MESSAGE (HELP)`. Named dimensions are equal only to themselves. */
export function typeOfStep(step: string, given: { readonly [name: string]: TypedArgument }): string {
  const { args, typeRule } = stepNamed(step);
  let failure: string | undefined;
  const type = typeRule({
    type: (name) => given[name]?.type,
    literal: (name) => (name in given ? given[name]?.literal : args[name]?.default),
    labels: () => undefined,
    unify: (a: Dim, b: Dim) => a === null || b === null || a === b,
    fail(argument, code, message, help) {
      failure ??= `${code} at ${argument}: ${message} (${help})`;
      return unknownType;
    },
  });
  return failure ?? printType(type);
}

/** An argument that is an expression of this type. */
export function expression(type: Type): TypedArgument {
  return { type };
}

/** An argument that the spec writes out. */
export function written(literal: Json, type: Type): TypedArgument {
  return { type, literal };
}
