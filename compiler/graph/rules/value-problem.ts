/** Why a value that is written in the spec does not fit an input, in words. */
import { inputSchema } from "../../../runtime/protocols/input-schema.js";
import { compilePattern } from "../../../runtime/types/pattern.js";
import { printType } from "../../../runtime/types/type.js";
import type { Json } from "../../../runtime/values/value.js";
import { constraintsOf } from "../../plan/constraints.js";
import { fromPointer } from "../../source/path.js";
import type { SchemaError } from "../../spec/check-schema.js";
import { checkSchema } from "../../spec/check-schema.js";
import { describe, valueAtPath } from "../../spec/json.js";
import type { Input } from "../../spec/types.js";
import type { GraphInput } from "../graph.js";

/** The first problem with each of the values; undefined for one that fits. */
export function valueProblems(
  input: GraphInput,
  declared: Input,
  values: readonly Json[],
): readonly (string | undefined)[] {
  if (values.length === 0) return [];
  const schema = inputSchema({ type: printType(input.type), constraints: constraintsOf(declared) });
  return values.map((value) => {
    const [error] = checkSchema(schema, structuredClone(value), matches).errors;
    return error === undefined ? undefined : words(error, value);
  });
}

function matches(pattern: string, text: string): boolean {
  return compilePattern(pattern).test(text);
}

function words(error: SchemaError, whole: Json): string {
  const value = valueAtPath(whole, fromPointer(error.instancePath));
  const where = error.instancePath === "" ? "" : `at ${error.instancePath}, `;
  const { limit } = error.params;
  switch (error.keyword) {
    case "type":
      return `${where}it must be ${typeWords(error.params["type"])}, not ${describe(value)}`;
    case "required":
      return `${where}it lacks "${error.params["missingProperty"]}"`;
    case "additionalProperties":
      return `${where}there is no field "${error.params["additionalProperty"]}"`;
    case "enum":
      return `${where}it must be one of ${JSON.stringify(error.params["allowedValues"]).slice(1, -1)}`;
    case "minimum":
      return `${where}it must be at least ${limit}`;
    case "maximum":
      return `${where}it must be at most ${limit}`;
    case "exclusiveMinimum":
      return `${where}it must be above ${limit}`;
    case "exclusiveMaximum":
      return `${where}it must be below ${limit}`;
    case "multipleOf":
      return `${where}it must be a multiple of ${error.params["multipleOf"]}`;
    case "minLength":
      return `${where}it has fewer than ${limit} characters`;
    case "maxLength":
      return `${where}it has more than ${limit} characters`;
    case "minItems":
      return `${where}it has fewer than ${limit} items`;
    case "maxItems":
      return `${where}it has more than ${limit} items`;
    case "uniqueItems":
      return `${where}it holds one item twice`;
    case "pattern":
      return `${where}it does not match the pattern ${error.params["pattern"]}`;
    default:
      return `${where}it is of none of the types that are taken`;
  }
}

const names: { readonly [type: string]: string } = {
  string: "a text",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  null: "null",
};

/** A number may be written as text only where JSON lacks it, which is not what a mistaken value meant. */
function typeWords(type: unknown): string {
  const [first] = [type].flat();
  return names[String(first)] ?? "another value";
}
