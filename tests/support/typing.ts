/** Type rules by themselves: what a step's rule gives for types and literals, without a compiler around it. */
import type { Step, StepTyping } from "../../runtime/steps/step.js";
import {
  booleanType,
  type Dim,
  integerType,
  listOf,
  nullType,
  numberType,
  printType,
  recordOf,
  required,
  stringType,
  type Type,
  union,
  unknownType,
} from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import { stepNamed } from "./run-step.js";

/** A type, the items of a list that the spec writes out, or a literal. */
export type TypedArgument =
  | Type
  | { readonly items: readonly Type[] }
  | { readonly labels: readonly string[] }
  | { readonly literal: Json };

export interface Failure {
  readonly argument: string;
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** The type that the rule gives, with dimensions as they were made equal, and what it reported. */
export function ruleOf(
  name: string | Step,
  given: { readonly [argument: string]: TypedArgument },
): { type: Type; failures: Failure[] } {
  const step = typeof name === "string" ? stepNamed(name) : name;
  const failures: Failure[] = [];
  const equal = new Map<string, Dim>();
  const typing: StepTyping = {
    type: (argument) =>
      withDims(typeOfArgument(given[argument], step.args[argument]?.default), (dim) => resolve(equal, dim)),
    items: (argument) => itemsOf(given[argument]),
    literal: (argument) => {
      const value = given[argument];
      return value === undefined ? step.args[argument]?.default : "literal" in value ? value.literal : undefined;
    },
    labels: (argument) => {
      const value = given[argument];
      return value !== undefined && "labels" in value ? value.labels : undefined;
    },
    unify: (a, b) => unify(equal, a, b),
    fail: (argument, code, message, help) => {
      failures.push({ argument, code, message, help });
      return unknownType;
    },
  };
  const type = step.typeRule(typing);
  return { type: withDims(type, (dim) => resolve(equal, dim)) ?? type, failures };
}

/** The type as printed, or the first failure as `code at "argument": message`. */
export function typeOf(name: string | Step, given: { readonly [argument: string]: TypedArgument }): string {
  const { type, failures } = ruleOf(name, given);
  const [first] = failures;
  return first === undefined ? printType(type) : `${first.code} at "${first.argument}": ${first.message}`;
}

function typeOfArgument(value: TypedArgument | undefined, fallback: Json | undefined): Type | undefined {
  if (value === undefined) return fallback === undefined ? undefined : typeOfJson(fallback);
  if ("kind" in value) return value;
  if ("items" in value) return listOf(union(value.items.map(required)));
  return "labels" in value ? listOf(stringType) : typeOfJson(value.literal);
}

function typeOfJson(json: Json): Type {
  if (json === null) return nullType;
  if (typeof json === "string") return stringType;
  if (typeof json === "boolean") return booleanType;
  if (typeof json === "number") return Number.isInteger(json) ? integerType : numberType;
  if (isJsonList(json)) return listOf(json.length === 0 ? unknownType : union(json.map(typeOfJson)));
  return recordOf(Object.fromEntries(Object.entries(json).map(([name, field]) => [name, typeOfJson(field)])));
}

function isJsonList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function itemsOf(value: TypedArgument | undefined): readonly Type[] | undefined {
  if (value === undefined || "kind" in value || "labels" in value) return undefined;
  if ("items" in value) return value.items;
  return isJsonList(value.literal) ? value.literal.map(typeOfJson) : undefined;
}

function resolve(equal: ReadonlyMap<string, Dim>, dim: Dim): Dim {
  const next = typeof dim === "string" ? equal.get(dim) : undefined;
  return next === undefined ? dim : resolve(equal, next);
}

function unify(equal: Map<string, Dim>, a: Dim, b: Dim): boolean {
  const [left, right] = [resolve(equal, a), resolve(equal, b)];
  if (left === null || right === null || left === right) return true;
  if (typeof left === "string") equal.set(left, right);
  else if (typeof right === "string") equal.set(right, left);
  else return false;
  return true;
}

function withDims(type: Type | undefined, change: (dim: Dim) => Dim): Type | undefined {
  if (type === undefined) return undefined;
  if (type.kind === "tensor") return { ...type, shape: type.shape?.map(change) ?? null };
  if (type.kind === "list") return listOf(withDims(type.item, change) ?? type.item);
  if (type.kind !== "record") return type;
  return recordOf(
    Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, withDims(field, change) ?? field])),
  );
}
