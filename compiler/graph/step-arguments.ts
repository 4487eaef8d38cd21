/** Whether an argument fits what a built-in step's table says: its type, and where it is written out its value. */
import { assertNever } from "../../runtime/errors.js";
import type { Arg } from "../../runtime/steps/step.js";
import type { Type } from "../../runtime/types/type.js";
import { required } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import { isJsonRecord, shorten } from "../spec/json.js";
import { nesting } from "./assignable.js";
import { isExpression } from "./expression.js";
import { itemOf } from "./parts.js";

/** What an argument takes, in words. */
export function printArg(arg: Arg): string {
  if (arg.enum !== undefined) return arg.enum.map(String).join(" | ");
  switch (arg.type) {
    case "media":
      return "bytes, a file or an image";
    case "tensor":
      return "a tensor";
    case "operand":
      return "a tensor or a number";
    case "list<tensor>":
      return "a list of tensors";
    case "list":
      return "a list";
    case "record":
      return "a record";
    case "any":
      return "any value";
    case "labels":
      return "a list of labels, or a file of them";
    case "tokenizer":
      return "the path of a tokenizer.json";
    default:
      return arg.type;
  }
}

/** Whether a value of this type may stand for the argument. */
export function argAccepts(arg: Arg, found: Type): boolean {
  const type = required(found);
  if (type.kind === "unknown" || type.kind === "json") return true;
  if (type.kind === "union") return type.of.every((member) => argAccepts(arg, member));
  switch (arg.type) {
    case "any":
      return true;
    case "string":
      return type.kind === "string";
    case "integer":
    case "number":
      return type.kind === "integer" || (type.kind === "number" && arg.type === "number") || isNumberTensor(type);
    case "boolean":
      return type.kind === "boolean" || (type.kind === "tensor" && rank(type) === 0);
    case "image":
      return type.kind === "image";
    case "media":
      return type.kind === "image" || type.kind === "bytes" || type.kind === "file";
    case "tensor":
      return type.kind === "tensor" || nesting(type) !== undefined;
    case "operand":
      return (
        type.kind === "tensor" || ["integer", "number", "boolean"].includes(type.kind) || nesting(type) !== undefined
      );
    case "list<string>":
    case "labels":
      return isListOf(type, ["string"]);
    case "list<integer>":
    case "list<number>":
      return isListOf(type, ["integer", "number"]);
    case "list<tensor>": {
      const item = itemOf(type);
      return item !== undefined && everyMember(item, (each) => each.kind === "tensor" || nesting(each) !== undefined);
    }
    case "list":
      return itemOf(type) !== undefined;
    case "record":
      return type.kind === "record";
    case "tokenizer":
      return type.kind === "string";
    default:
      return assertNever(arg.type);
  }
}

/** What is wrong with a value that is written out; undefined when nothing is. */
export function problemWithLiteral(arg: Arg, value: Json): string | undefined {
  if (isExpression(value)) return undefined;
  if (arg.enum !== undefined && !arg.enum.some((choice) => choice === value))
    return `it is one of ${arg.enum.map(String).join(", ")}`;
  if (typeof value === "number") {
    if (arg.type === "integer" && !Number.isInteger(value)) return "it must be a whole number";
    if (arg.minimum !== undefined && value < arg.minimum) return `it must be at least ${arg.minimum}`;
    if (arg.maximum !== undefined && value > arg.maximum) return `it must be at most ${arg.maximum}`;
  }
  if (Array.isArray(value)) {
    if (arg.minItems !== undefined && value.length < arg.minItems) return `it needs at least ${arg.minItems} items`;
    if (arg.maxItems !== undefined && value.length > arg.maxItems) return `it takes at most ${arg.maxItems} items`;
    if (arg.type === "list<integer>" && !value.every((item: Json) => isExpression(item) || Number.isInteger(item)))
      return "its items must be whole numbers";
  }
  return undefined;
}

export function printLiteral(value: Json): string {
  if (isJsonRecord(value) || Array.isArray(value)) return shorten(JSON.stringify(value), 40);
  return JSON.stringify(value);
}

function everyMember(type: Type, test: (member: Type) => boolean): boolean {
  return type.kind === "union" ? type.of.every(test) : test(type);
}

function isListOf(type: Type, kinds: readonly string[]): boolean {
  const item = itemOf(type);
  if (item === undefined) return false;
  return everyMember(
    required(item),
    (each) =>
      each.kind === "unknown" ||
      each.kind === "json" ||
      kinds.includes(each.kind) ||
      (each.kind === "tensor" && rank(each) === 0),
  );
}

function isNumberTensor(type: Type): boolean {
  return type.kind === "tensor" && (rank(type) === 0 || rank(type) === undefined) && type.dtype !== "string";
}

function rank(type: { readonly shape: readonly unknown[] | null }): number | undefined {
  return type.shape?.length;
}
