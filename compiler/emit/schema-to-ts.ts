/** JSON Schema as TypeScript types: the spec's own, and those of every endpoint's input and output. */

import { isSchema, type Schema } from "../spec/schema.js";

export type { Schema } from "../spec/schema.js";

export interface ToTypeScript {
  /** Properties with a default are there for whoever reads a checked value, and optional for whoever writes one. */
  readonly defaults: "filled" | "optional";
  readonly readonly: boolean;
}

/** A type expression for a schema; `$ref`s to `#/$defs/name` become PascalCase names. */
export function schemaToType(schema: Schema | boolean, options: ToTypeScript, indent = ""): string {
  if (typeof schema === "boolean") return schema ? "unknown" : "never";
  const { $ref, const: constant, enum: choices, anyOf, oneOf, type, if: condition, then } = schema;
  if (typeof $ref === "string") return typeName($ref.slice($ref.lastIndexOf("/") + 1));
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(alternatives))
    return unionOf(alternatives.map((each: Schema) => schemaToType(each, options, indent)));
  if (isSchema(condition) && isSchema(then)) {
    const rest = Array.isArray(type) ? type.filter((each) => each !== condition["type"]) : [];
    return unionOf([
      ...rest.map((each) => simpleType(String(each), schema, options, indent)),
      schemaToType(then, options, indent),
    ]);
  }
  if (Array.isArray(type)) return unionOf(type.map((each) => simpleType(String(each), schema, options, indent)));
  return typeof type === "string" ? simpleType(type, schema, options, indent) : "unknown";
}

/** `export interface Name { … }` for an object with properties, `export type Name = …` for anything else. */
export function schemaToDeclaration(name: string, schema: Schema, options: ToTypeScript): string {
  const comment = typeof schema["description"] === "string" ? docComment(schema["description"], "") : "";
  const body = schemaToType(schema, options);
  const isInterface = schema["type"] === "object" && isSchema(schema["properties"]) && body.startsWith("{\n");
  return isInterface ? `${comment}export interface ${name} ${body}\n` : `${comment}export type ${name} = ${body};\n`;
}

export function typeName(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== "")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}

function simpleType(type: string, schema: Schema, options: ToTypeScript, indent: string): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array": {
      const items = isSchema(schema["items"]) ? schemaToType(schema["items"], options, indent) : "unknown";
      const array = /^[A-Za-z0-9_]+$/.test(items) ? `${items}[]` : `(${items})[]`;
      return options.readonly ? `readonly ${array}` : array;
    }
    default:
      return objectType(schema, options, indent);
  }
}

function objectType(schema: Schema, options: ToTypeScript, indent: string): string {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const entries = Object.entries(properties);
  const readonly = options.readonly ? "readonly " : "";
  if (entries.length === 0) {
    const values = schema["additionalProperties"];
    if (values === false) return "Record<string, never>";
    return `{ ${readonly}[name: string]: ${isSchema(values) ? schemaToType(values, options, indent) : "unknown"} }`;
  }
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
  const deeper = `${indent}  `;
  const lines = entries.map(([name, property]) => {
    const field = isSchema(property) ? property : {};
    const isThere = required.has(name) || (options.defaults === "filled" && field["default"] !== undefined);
    const comment = typeof field["description"] === "string" ? docComment(field["description"], deeper) : "";
    const key = /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
    return `${comment}${deeper}${readonly}${key}${isThere ? "" : "?"}: ${schemaToType(field, options, deeper)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function unionOf(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}

/** A TSDoc comment; nothing in the text can end it. */
function docComment(text: string, indent: string): string {
  const lines = text
    .replaceAll("*/", "*\\/")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u2028\u2029]/g, " ")
    .trim()
    .split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
