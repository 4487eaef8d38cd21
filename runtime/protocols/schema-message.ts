/** What a schema refuses, as a place of the input and a sentence for its caller. */
import type { InputError } from "../errors.js";
import type { SchemaError } from "../plan/json-schema.js";
import { didYouMean } from "../suggest.js";
import type { Type } from "../types/type.js";
import type { Json } from "../values/value.js";
import { pointerPart } from "./invalid.js";

type Inputs = ReadonlyMap<string, Type>;

export function describeSchemaError(error: SchemaError, inputs: Inputs, given: Json): InputError {
  const { instancePath: path, params } = error;
  if (error.keyword === "additionalProperties")
    return unknownField(String(params["additionalProperty"]), path, fieldsAt(inputs, path));
  if (error.keyword === "required")
    return { path: `${path}/${pointerPart(String(params["missingProperty"]))}`, message: "it is missing" };
  return { path, message: `it ${sentence(error, valueAt(given, path))}` };
}

export function unknownField(name: string, path: string, known: readonly string[]): InputError {
  return {
    path: `${path}/${pointerPart(name)}`,
    message: `there is no such field; ${didYouMean(name, known, "none is taken")}`,
  };
}

function sentence({ keyword, params, message }: SchemaError, value: unknown): string {
  const limit = String(params["limit"]);
  switch (keyword) {
    case "enum":
      return `must be one of ${JSON.stringify(params["allowedValues"]).slice(1, -1)}`;
    case "type":
      return `must be ${typeWords(params["type"])}, not ${kindOf(value)}`;
    case "pattern":
      return patternSentence(String(params["pattern"]));
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "exclusiveMinimum":
      return `must be more than ${limit}`;
    case "exclusiveMaximum":
      return `must be less than ${limit}`;
    case "multipleOf":
      return `must be a multiple of ${String(params["multipleOf"])}`;
    case "minLength":
      return `must have at least ${counted(limit, "character")}`;
    case "maxLength":
      return `must have at most ${counted(limit, "character")}`;
    case "minItems":
      return `must have at least ${counted(limit, "item")}`;
    case "maxItems":
      return `must have at most ${counted(limit, "item")}`;
    case "uniqueItems":
      return `must not have equal items, and items ${params["j"]} and ${params["i"]} are equal`;
    default:
      return message ?? "is wrong";
  }
}

function counted(limit: string, what: string): string {
  return `${limit} ${what}${limit === "1" ? "" : "s"}`;
}

function patternSentence(pattern: string): string {
  if (pattern.includes("NaN")) return 'must be a number, or one of "NaN", "Infinity" and "-Infinity"';
  if (pattern.startsWith("^-?[1-9]") || pattern.startsWith("^[1-9]"))
    return "must be an integer; as a text only when it is beyond 2^53";
  return `must match the pattern ${pattern}`;
}

function fieldsAt(inputs: Inputs, path: string): readonly string[] {
  if (path === "") return [...inputs.keys()];
  let type: Type | undefined;
  for (const [index, part] of partsOf(path).entries()) {
    if (index === 0) type = inputs.get(part);
    else if (type?.kind === "list") type = type.item;
    else if (type?.kind === "record") type = Object.hasOwn(type.fields, part) ? type.fields[part] : undefined;
  }
  return type?.kind === "record" ? Object.keys(type.fields) : [];
}

/** Where texts stand for numbers beyond JSON's, they are not what a caller should think of first. */
function typeWords(type: unknown): string {
  const types = (Array.isArray(type) ? type : String(type).split(",")).map(String);
  const shown = types.length === 1 ? types : types.filter((each) => each !== "string");
  return shown.map((each) => words[each] ?? `a ${each}`).join(" or ");
}

const words: { readonly [type: string]: string } = {
  integer: "a whole number",
  array: "a list",
  object: "a record",
  null: "null",
};

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a number with a fraction";
  return typeof value === "object" ? "a record" : `a ${typeof value}`;
}

function valueAt(given: Json, path: string): unknown {
  let value: unknown = given;
  for (const part of partsOf(path))
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
  return value;
}

function partsOf(path: string): readonly string[] {
  return path
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
