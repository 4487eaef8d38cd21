/**
 * Values at the border of expressions: what CEL sees of a value, and what comes back. Integers are CEL's `int` (bigint
 * here), numbers its `double`; a tensor of rank 0 is its number, any other tensor nested lists.
 */
import { invalidInput } from "../errors.js";
import { fromFloat16 } from "../values/float16.js";
import type { Tensor, Value, ValueRecord } from "../values/value.js";
import { Image, isTensor } from "../values/value.js";
import type { Type } from "./type.js";
import { unknownType } from "./type.js";

/**
 * The value as CEL sees it. Where the type does not say whether a number is an integer, one without a fraction is.
 * Images go through as they are: CEL refuses to look at them, but an unused one in a record does no harm.
 */
export function toCel(value: Value, type: Type): unknown {
  if (typeof value === "number") return numberToCel(value, type);
  if (isTensor(value)) return tensorToCel(value);
  if (value instanceof Uint8Array || value instanceof Image || value === null || typeof value !== "object")
    return value;
  if (isItems(value)) {
    const item = type.kind === "list" ? type.item : unknownType;
    return value.map((each) => toCel(each, item));
  }
  return recordToCel(value, type);
}

/** A result of CEL as a value; kinds of CEL that have no counterpart, such as timestamps, are refused. */
export function fromCel(result: unknown): Value {
  if (result === null || typeof result === "string" || typeof result === "boolean" || typeof result === "number") {
    return result;
  }
  if (typeof result === "bigint") {
    const number = Number(result);
    return Number.isSafeInteger(number) ? number : result;
  }
  if (result instanceof Uint8Array || result instanceof Image) return result;
  if (Array.isArray(result)) return result.map(fromCel);
  if (isPlainObject(result)) {
    return Object.fromEntries(Object.entries(result).map(([name, field]) => [name, fromCel(field)]));
  }
  throw invalidInput(
    "An expression gives a timestamp, a duration, an unsigned integer or a type, which is no value here. Wrap it in string(…) or int(…).",
  );
}

function numberToCel(value: number, type: Type): number | bigint {
  const isInteger = type.kind === "integer" || (type.kind !== "number" && Number.isSafeInteger(value));
  return isInteger && Number.isInteger(value) ? BigInt(value) : value;
}

function recordToCel(record: ValueRecord, type: Type): unknown {
  const fields = type.kind === "record" ? type.fields : {};
  const entries: [string, unknown][] = [];
  for (const [name, field] of Object.entries(record)) {
    if (field === undefined) continue;
    const declared = Object.hasOwn(fields, name) ? fields[name] : undefined;
    entries.push([name, toCel(field, declared?.kind === "optional" ? declared.of : (declared ?? unknownType))]);
  }
  return Object.fromEntries(entries);
}

function tensorToCel(tensor: Tensor): unknown {
  const read = elementReader(tensor);
  let at = 0;
  const nest = (depth: number): unknown => {
    const size = tensor.shape[depth];
    return size === undefined ? read(at++) : Array.from({ length: size }, () => nest(depth + 1));
  };
  return nest(0);
}

/** An element as CEL's double, int (a bigint), bool or string. */
function elementReader({ dtype, data }: Tensor): (index: number) => unknown {
  switch (dtype) {
    case "float16":
      return (index) => fromFloat16(Number(data[index]));
    case "bool":
      return (index) => data[index] !== 0;
    case "float32":
    case "float64":
    case "string":
      return (index) => data[index];
    default:
      return (index) => BigInt(data[index] ?? 0);
  }
}

function isItems(value: readonly Value[] | ValueRecord): value is readonly Value[] {
  return Array.isArray(value);
}

function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
