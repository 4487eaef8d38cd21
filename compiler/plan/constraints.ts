/** What narrows an input's type, as JSON Schema's keywords. */
import type { Json } from "../../runtime/values/value.js";
import type { Input } from "../spec/types.js";

const keywords = {
  enum: "enum",
  minimum: "minimum",
  maximum: "maximum",
  exclusive_minimum: "exclusiveMinimum",
  exclusive_maximum: "exclusiveMaximum",
  multiple_of: "multipleOf",
  min_length: "minLength",
  max_length: "maxLength",
  pattern: "pattern",
  format: "format",
  min_items: "minItems",
  max_items: "maxItems",
  unique_items: "uniqueItems",
} as const satisfies { readonly [field in keyof Input]?: string };

export type ConstraintField = keyof typeof keywords;

export const constraintFields = Object.keys(keywords) as readonly ConstraintField[];

export function constraintsOf(input: Input): { readonly [keyword: string]: Json } {
  const given = constraintFields.filter((field) => input[field] !== undefined);
  return Object.fromEntries(given.map((field) => [keywords[field], input[field] as Json]));
}
