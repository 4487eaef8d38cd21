/** The fields of the spec, found in its schema by a path such as `models.batching.max_batch_size`. */
import specSchemaText from "../../schemas/spec.schema.json";
import type { Schema } from "../spec/schema.js";
import { isSchema } from "../spec/schema.js";

const root: Schema = specSchemaText;

export interface Field {
  /** Names of models, graphs and the like, and places in lists, are left out of it. */
  readonly path: readonly string[];
  readonly schema: Schema;
  /** What the schema of the parent says of it. */
  readonly isRequired: boolean;
}

/** The field at a path; the names of models, graphs, inputs and the like may be in it, or not. */
export function findField(path: readonly string[]): Field | undefined {
  let field: Field = { path: [], schema: root, isRequired: true };
  for (const [index, name] of path.entries()) {
    const next = childrenOf(field).find((child) => child.path.at(-1) === name);
    if (next !== undefined) field = next;
    else if (index === 0 || entryOf(field.schema) === undefined || index === path.length - 1) return undefined;
  }
  return field;
}

/** The fields of a field: its own, or those of each of its entries. */
export function childrenOf({ path, schema }: Field): readonly Field[] {
  const holder = follow(schema);
  const entry = entryOf(holder);
  const target = isSchema(holder["properties"]) || entry === undefined ? holder : follow(entry);
  const properties = isSchema(target["properties"]) ? target["properties"] : {};
  const required: readonly unknown[] = Array.isArray(target["required"]) ? target["required"] : [];
  return Object.entries(properties).flatMap(([name, property]) =>
    isSchema(property) ? [{ path: [...path, name], schema: property, isRequired: required.includes(name) }] : [],
  );
}

/** Every field, each before its children. */
export function allFields(from: Field = { path: [], schema: root, isRequired: true }): readonly Field[] {
  return childrenOf(from).flatMap((child) => [child, ...allFields(child)]);
}

/** A schema with what it refers to. */
export function follow(schema: Schema): Schema {
  const target = isSchema(schema["then"]) ? { ...schema["then"], ...withoutType(schema) } : schema;
  const reference = target["$ref"];
  if (typeof reference !== "string") return target;
  const found = root["$defs"];
  const definition = isSchema(found) ? found[reference.slice(reference.lastIndexOf("/") + 1)] : undefined;
  return isSchema(definition) ? { ...definition, ...withoutReference(target) } : target;
}

/** What a mapping of names, or a list, holds. */
export function entryOf(schema: Schema): Schema | undefined {
  const { additionalProperties, items } = follow(schema);
  if (isSchema(additionalProperties)) return additionalProperties;
  return isSchema(items) ? items : undefined;
}

function withoutReference({ $ref: _, ...rest }: Schema): Schema {
  return rest;
}

function withoutType({ type: _, if: _condition, then: _then, minLength: _length, ...rest }: Schema): Schema {
  return rest;
}
