/** Gives the records and long enumerations inside a schema names of their own, so that each is a declared type. */
import { numberWords } from "../../runtime/protocols/input-schema.js";
import type { Names } from "../../runtime/protocols/names.js";
import { typeName } from "../../runtime/protocols/names.js";
import type { Schema } from "./schema-to-ts.js";
import { schemaToType } from "./schema-to-ts.js";

export interface NamedSchema {
  readonly name: string;
  readonly schema: Schema;
}

/** The type of numbers that may be NaN or infinite, which JSON writes as words. */
export const jsonNumber = "JsonNumber";

const longestInline = 60;
const longestHint = 60;

/** The schema under its name, then what was taken out of it, each naming the others by `$ref`. */
export function nameParts(name: string, schema: Schema, names: Names): readonly NamedSchema[] {
  const found: NamedSchema[] = [];
  const root = withNamedParts(schema, name, (hint, part) => {
    const own = names.take(hint.slice(0, longestHint));
    found.push({ name: own, schema: part });
    return own;
  });
  return [{ name, schema: root }, ...found];
}

type Declare = (hint: string, schema: Schema) => string;

function withNamedParts(schema: Schema, hint: string, declare: Declare): Schema {
  const { properties, items, anyOf } = schema;
  const inside = (part: unknown, word: string): unknown =>
    isSchema(part) ? namePart(part, hint + word, declare) : part;
  return {
    ...schema,
    ...(isSchema(properties)
      ? { properties: mapValues(properties, (part, field) => inside(part, typeName(field) || "Field")) }
      : {}),
    ...(items === undefined ? {} : { items: inside(items, hint.endsWith("Item") ? "" : "Item") }),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map((part) => inside(part, "Choice")) } : {}),
  };
}

/** The part, or a reference to it where it is declared by itself; a description stays where it was written. */
function namePart(schema: Schema, hint: string, declare: Declare): Schema {
  const description = schema["description"] === undefined ? {} : { description: schema["description"] };
  if (schema["pattern"] === numberWords && Array.isArray(schema["type"])) return reference(jsonNumber, description);
  if (isSchema(schema["properties"]) && Object.keys(schema["properties"]).length > 0) {
    const { description: _, ...rest } = withNamedParts(schema, hint, declare);
    return reference(declare(hint, rest), description);
  }
  const isLong = Array.isArray(schema["enum"]) && schemaToType(schema, options).length > longestInline;
  return isLong
    ? reference(declare(hint, { enum: schema["enum"] }), description)
    : withNamedParts(schema, hint, declare);
}

const options = { defaults: "optional", readonly: false } as const;

function reference(name: string, description: Schema): Schema {
  return { $ref: `#/$defs/${name}`, ...description };
}

function mapValues(record: Schema, change: (value: unknown, key: string) => unknown): Schema {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
