/** JSON Schema as TypeScript types: the spec's own, and those of every endpoint's input and output. */
import { typeName } from "../../runtime/protocols/names.js";
import { isSchema, type Schema } from "../spec/schema.js";
import { docComment, quote } from "./typescript.js";

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
  if (constant !== undefined) return literalType(constant);
  if (Array.isArray(choices)) return unionOf(choices.map(literalType));
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
  const comment = descriptionOf(schema, "");
  const body = schemaToType(schema, options);
  const isInterface = schema["type"] === "object" && isSchema(schema["properties"]) && body.startsWith("{\n");
  if (isInterface) return `${comment}export interface ${name} ${body}\n`;
  const line = `export type ${name} = ${body};`;
  const choices = schema["enum"];
  if (line.length <= widest || !Array.isArray(choices) || choices.length < 2) return `${comment}${line}\n`;
  const members = [...new Set(choices.map(literalType))].map((member) => `\n  | ${member}`);
  return `${comment}export type ${name} =${members.join("")};\n`;
}

const widest = 120;

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
      const array = /^[A-Za-z0-9_]+(\[\])*$/.test(items) ? `${items}[]` : `(${items})[]`;
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
    const key = /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : quote(name);
    return `${descriptionOf(field, deeper)}${deeper}${readonly}${key}${isThere ? "" : "?"}: ${schemaToType(field, options, deeper)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function unionOf(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}

/** A value as the type that only it has. */
function literalType(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(literalType).join(", ")}]`;
  if (!isSchema(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${quote(key)}: ${literalType(field)}`);
  return fields.length === 0 ? "Record<string, never>" : `{ ${fields.join("; ")} }`;
}

function descriptionOf(schema: Schema, indent: string): string {
  return typeof schema["description"] === "string" ? docComment(schema["description"], indent).text : "";
}
