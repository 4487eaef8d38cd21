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

/** Every error. The document is changed: missing fields that have a default get it. */
export function checkSchema(root: Schema, document: Json): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  checkValue(document, "", root, { root, errors });
  return errors;
}

interface Context {
  readonly root: Schema;
  readonly errors: SchemaError[];
}

function checkValue(value: Json, path: string, given: unknown, context: Context): void {
  if (!isSchema(given)) return;
  const reference = given["$ref"];
  if (typeof reference === "string") return checkValue(value, path, definition(context.root, reference), context);
  const fault: Fault = (keyword, params) =>
    void context.errors.push({ keyword, instancePath: path, params, parentSchema: given });
  if (!isOfType(value, given["type"])) return fault("type", { type: given["type"] });
  if (Array.isArray(given["enum"]) && !given["enum"].includes(value)) fault("enum", { allowedValues: given["enum"] });
  if (isJsonRecord(value)) {
    checkRecord(value, path, given, fault, context);
    if (isSchema(given["if"]) && isOfType(value, given["if"]["type"])) checkValue(value, path, given["then"], context);
  } else if (Array.isArray(value)) checkList(value, path, given, fault, context);
  else if (typeof value === "number") checkNumber(value, given, fault);
  else if (typeof value === "string") checkText(value, given, fault);
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
  for (const [index, item] of list.entries()) checkValue(item, `${path}/${index}`, items, context);
}

function checkNumber(value: number, { minimum, maximum, exclusiveMinimum }: Schema, fault: Fault): void {
  if (typeof minimum === "number" && value < minimum) fault("minimum", { limit: minimum });
  if (typeof maximum === "number" && value > maximum) fault("maximum", { limit: maximum });
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum)
    fault("exclusiveMinimum", { limit: exclusiveMinimum });
}

function checkText(value: string, { minLength, maxLength, pattern }: Schema, fault: Fault): void {
  if (typeof minLength === "number" && [...value.slice(0, minLength * 2)].length < minLength)
    fault("minLength", { limit: minLength });
  if (typeof maxLength === "number" && value.length > maxLength && [...value].length > maxLength)
    fault("maxLength", { limit: maxLength });
  // The schema's own patterns, which all match in linear time.
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) fault("pattern", { pattern });
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
