/**
 * Checks a document against the spec's schema and fills in its defaults. It knows the keywords that the schema uses and
 * no others, needs no compilation, which would take longer than all the rest of a check, and reports as ajv does; a test
 * holds the two together.
 */
import type { Json } from "../../runtime/values/value.js";
import { isJsonRecord } from "./json.js";
import { isSchema, type Schema } from "./schema.js";

export interface SchemaError {
  readonly keyword: string;
  /** A JSON Pointer to the value at fault. */
  readonly instancePath: string;
  readonly params: { readonly [name: string]: unknown };
  readonly parentSchema: Schema;
}

type Fault = (keyword: string, params: { readonly [name: string]: unknown }) => void;

export interface SchemaCheck {
  readonly errors: readonly SchemaError[];
  /** False where so many were found that the rest was not looked at. */
  readonly isComplete: boolean;
}

const mostErrors = 10_000;

/**
 * Every error, up to a number. The document is changed: missing fields that have a default get it. `matches` tests a text
 * against a pattern; the schema's own patterns match in linear time as they are, a user's must not be tested so.
 */
export function checkSchema(root: Schema, document: Json, matches = matchesPattern): SchemaCheck {
  const errors: SchemaError[] = [];
  checkValue(document, "", root, { root, errors, matches });
  return { errors, isComplete: errors.length < mostErrors };
}

interface Context {
  readonly root: Schema;
  readonly errors: SchemaError[];
  readonly matches: (pattern: string, text: string) => boolean;
}

function matchesPattern(pattern: string, text: string): boolean {
  return new RegExp(pattern, "u").test(text);
}

function checkValue(value: Json, path: string, given: unknown, context: Context): void {
  if (!isSchema(given) || context.errors.length >= mostErrors) return;
  const reference = given["$ref"];
  if (typeof reference === "string") checkValue(value, path, definition(context.root, reference), context);
  else checkKeywords(value, path, given, context);
}

function checkKeywords(value: Json, path: string, given: Schema, context: Context): void {
  const fault: Fault = (keyword, params) =>
    void context.errors.push({ keyword, instancePath: path, params, parentSchema: given });
  if (!isOfType(value, given["type"])) {
    fault("type", { type: given["type"] });
    return;
  }
  if (Array.isArray(given["enum"]) && !given["enum"].includes(value)) fault("enum", { allowedValues: given["enum"] });
  const { anyOf } = given;
  if (Array.isArray(anyOf) && !anyOf.some((each) => isValid(value, each, context))) fault("anyOf", {});
  if (isJsonRecord(value)) {
    checkRecord(value, path, given, fault, context);
    if (isSchema(given["if"]) && isOfType(value, given["if"]["type"])) checkValue(value, path, given["then"], context);
  } else if (Array.isArray(value)) checkList(value, path, given, fault, context);
  else if (typeof value === "number") checkNumber(value, given, fault);
  else if (typeof value === "string") checkText(value, given, fault, context);
}

function isValid(value: Json, schema: unknown, context: Context): boolean {
  const errors: SchemaError[] = [];
  checkValue(structuredClone(value), "", schema, { ...context, errors });
  return errors.length === 0;
}

function checkRecord(
  value: { readonly [key: string]: Json },
  path: string,
  schema: Schema,
  fault: Fault,
  context: Context,
): void {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  fillDefaults(value, properties, context.root);
  const { required, minProperties, additionalProperties } = schema;
  if (typeof minProperties === "number" && Object.keys(value).length < minProperties)
    fault("minProperties", { limit: minProperties });
  for (const name of Array.isArray(required) ? required : [])
    if (!Object.hasOwn(value, String(name))) fault("required", { missingProperty: name });
  for (const [name, item] of Object.entries(value)) {
    const at = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (Object.hasOwn(properties, name)) checkValue(item, at, properties[name], context);
    else if (additionalProperties === false) fault("additionalProperties", { additionalProperty: name });
    else checkValue(item, at, additionalProperties, context);
  }
}

function fillDefaults(value: { [key: string]: Json }, properties: Schema, root: Schema): void {
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, name) || !isSchema(property)) continue;
    const standard = property["default"] ?? definition(root, property["$ref"])?.["default"];
    // What the schema gives is JSON: it was read from a file of it.
    if (standard !== undefined) value[name] = structuredClone(standard as Json);
  }
}

function checkList(list: readonly Json[], path: string, schema: Schema, fault: Fault, context: Context): void {
  const { items, minItems, maxItems } = schema;
  if (typeof minItems === "number" && list.length < minItems) fault("minItems", { limit: minItems });
  if (typeof maxItems === "number" && list.length > maxItems) fault("maxItems", { limit: maxItems });
  if (schema["uniqueItems"] === true && new Set(list.map((item) => JSON.stringify(item))).size < list.length)
    fault("uniqueItems", {});
  for (const [index, item] of list.entries()) checkValue(item, `${path}/${index}`, items, context);
}

function checkNumber(value: number, schema: Schema, fault: Fault): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === "number" && value < minimum) fault("minimum", { limit: minimum });
  if (typeof maximum === "number" && value > maximum) fault("maximum", { limit: maximum });
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum)
    fault("exclusiveMinimum", { limit: exclusiveMinimum });
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum)
    fault("exclusiveMaximum", { limit: exclusiveMaximum });
  if (typeof multipleOf === "number" && !Number.isInteger(value / multipleOf)) fault("multipleOf", { multipleOf });
}

function checkText(value: string, { minLength, maxLength, pattern }: Schema, fault: Fault, context: Context): void {
  if (typeof minLength === "number" && [...value.slice(0, minLength * 2)].length < minLength)
    fault("minLength", { limit: minLength });
  if (typeof maxLength === "number" && value.length > maxLength && [...value].length > maxLength)
    fault("maxLength", { limit: maxLength });
  if (typeof pattern === "string" && !context.matches(pattern, value)) fault("pattern", { pattern });
}

function isOfType(value: Json, type: unknown): boolean {
  if (type === undefined) return true;
  return Array.isArray(type) ? type.some((each) => isOfType(value, each)) : typeTests[String(type)]?.(value) === true;
}

const typeTests: { readonly [type: string]: (value: Json) => boolean } = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  array: (value) => Array.isArray(value),
  object: isJsonRecord,
  null: (value) => value === null,
};

function definition(root: Schema, reference: unknown): Schema | undefined {
  const definitions = root["$defs"];
  if (typeof reference !== "string" || !isSchema(definitions)) return undefined;
  const found = definitions[reference.slice(reference.lastIndexOf("/") + 1)];
  return isSchema(found) ? found : undefined;
}
