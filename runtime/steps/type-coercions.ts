/** For each type of argument: what it takes, in words, and how a value is brought to it. */

import { tensorToNested } from "../values/nested.js";
import { isSpecialFloat } from "../values/special-float.js";
import { Image, isList, isRecord, isTensor, type Value } from "../values/value.js";
import { operandOf, type RefuseElement, tensorOfValue, tensorsOfValue } from "./coerce-tensor.js";
import type { ArgType, ArgumentValue } from "./step.js";

export interface TypeCoercion {
  /** What is taken, as `"step" takes … for "argument"` goes on. */
  readonly words: string;
  /** The value in the argument's type, or undefined where it stands for none. `refuse` makes the error for a wrong element. */
  readonly coerce: (value: Value, refuse: RefuseElement) => ArgumentValue;
}

export const typeCoercions: { readonly [T in Exclude<ArgType, "tokenizer">]: TypeCoercion } = {
  string: { words: "a text", coerce: textOf },
  integer: { words: "an integer", coerce: integerOf },
  number: { words: "a number", coerce: numberOf },
  boolean: { words: "true or false", coerce: booleanOf },
  image: { words: "an image", coerce: (value) => (value instanceof Image ? value : undefined) },
  media: {
    words: "an image or its bytes",
    coerce: (value) => (value instanceof Image || value instanceof Uint8Array ? value : undefined),
  },
  tensor: { words: "a tensor, a number or nested lists of numbers", coerce: tensorOfValue },
  operand: { words: "a tensor, a number or nested lists of numbers", coerce: operandOf },
  "list<string>": { words: "a list of texts", coerce: (value) => itemsOf(value, textOf) },
  "list<integer>": { words: "a list of integers", coerce: (value) => itemsOf(value, integerOf) },
  "list<number>": { words: "a list of numbers", coerce: (value) => itemsOf(value, numberOf) },
  "list<tensor>": { words: "a list of tensors, numbers or lists of numbers", coerce: tensorsOfValue },
  list: { words: "a list", coerce: (value) => (isList(value) ? value : undefined) },
  record: { words: "a record", coerce: (value) => (isRecord(value) ? value : undefined) },
  any: { words: "a value", coerce: (value) => value },
  labels: { words: "a list of texts", coerce: (value) => itemsOf(value, textOf) },
};

/** A value, or the only element of a tensor of rank 0. */
function scalarOf(value: Value | undefined): Value | undefined {
  if (!isTensor(value) || value.shape.length > 0) return value;
  return tensorToNested(value);
}

function textOf(value: Value | undefined): string | undefined {
  const scalar = scalarOf(value);
  return typeof scalar === "string" ? scalar : undefined;
}

function integerOf(value: Value | undefined): number | undefined {
  const number = numberOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function numberOf(value: Value | undefined): number | undefined {
  const scalar = scalarOf(value);
  if (typeof scalar === "number") return scalar;
  if (typeof scalar === "bigint" || isSpecialFloat(scalar)) return Number(scalar);
  return undefined;
}

function booleanOf(value: Value | undefined): boolean | undefined {
  const scalar = scalarOf(value);
  return typeof scalar === "boolean" ? scalar : undefined;
}

/** Every item in its type; a tensor of rank 1 is the list of its elements. */
function itemsOf<T extends Value>(
  value: Value,
  itemOf: (item: Value | undefined) => T | undefined,
): readonly T[] | undefined {
  const list = isTensor(value) && value.shape.length === 1 ? tensorToNested(value) : value;
  if (!isList(list)) return undefined;
  const items: T[] = [];
  for (const each of list) {
    const item = itemOf(each);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}
