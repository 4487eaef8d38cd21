/** The element type that NumPy gives nested lists, by one pass over their elements. */
import { invalidInput } from "../errors.js";
import { describeValue } from "./describe.js";
import type { DType } from "./dtype.js";
import { isSpecialFloat } from "./special-float.js";
import { isList, type Value } from "./value.js";

/** What kinds of elements were met. */
interface Kinds {
  integer: boolean;
  fraction: boolean;
  special: boolean;
  boolean: boolean;
  text: boolean;
}

/**
 * int64 for integers, float64 for other numbers (the strings for NaN and the infinities among them), bool for booleans,
 * string for texts, and float64 where there are no elements. Refuses a mixture of numbers, booleans and texts.
 */
export function inferDType(value: Value): DType {
  const kinds: Kinds = { integer: false, fraction: false, special: false, boolean: false, text: false };
  if (isList(value)) collectList(value, kinds);
  else collect(value, kinds);
  const number = kinds.integer || kinds.fraction;
  const text = kinds.text || (kinds.special && !number);
  if (Number(number) + Number(text) + Number(kinds.boolean) > 1)
    throw invalidInput("a tensor's elements are of one kind: numbers, booleans or texts, but these are mixed");
  if (text) return "string";
  if (kinds.boolean) return "bool";
  return kinds.integer && !kinds.fraction && !kinds.special ? "int64" : "float64";
}

function collectList(list: readonly Value[], kinds: Kinds): void {
  for (const item of list) {
    if (isList(item)) collectList(item, kinds);
    else collect(item, kinds);
  }
}

function collect(value: Value, kinds: Kinds): void {
  if (typeof value === "number") {
    // Beyond 2^53 a JSON number is no longer known to be an exact integer.
    if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53) kinds.integer = true;
    else kinds.fraction = true;
  } else if (typeof value === "bigint") kinds.integer = true;
  else if (typeof value === "boolean") kinds.boolean = true;
  else if (isSpecialFloat(value)) kinds.special = true;
  else if (typeof value === "string") kinds.text = true;
  else throw invalidInput(`a tensor's elements are numbers, booleans or texts, not ${describeValue(value)}`);
}
