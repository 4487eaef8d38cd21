/** Parts of the language that the schema accepts and no engine serves yet: refused where leaving them out would matter, noted elsewhere. */
import type { Json } from "../../runtime/values/value.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { isJsonRecord } from "./json.js";
import { isSchema, type Schema } from "./schema.js";

export function findNotBuilt(schema: Schema, document: Json): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];

  const visit = (given: Schema, value: Json, path: Path): void => {
    const node = dereference(schema, given);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries())
        if (isSchema(node["items"])) visit(node["items"], item, [...path, index]);
    }
    if (!isJsonRecord(value)) return;
    for (const [key, item] of Object.entries(value)) {
      const property = propertySchema(node, key);
      if (property === undefined) continue;
      const mark = property["x-not-built"];
      if (isSchema(mark) && !isBuiltValue(mark, item)) diagnostics.push(describe(mark, key, [...path, key]));
      else visit(property, item, [...path, key]);
    }
  };

  visit(schema, document, []);
  return diagnostics;
}

function describe(mark: Schema, field: string, path: Path): Diagnostic {
  if (mark["severity"] === "info")
    return diagnostic("not-built-yet", "noted", keyAt(path), { field }, { severity: "info" });
  return diagnostic("not-built-yet", "refused", keyAt(path), { field, effect: String(mark["effect"]) });
}

function isBuiltValue(mark: Schema, value: Json): boolean {
  return Array.isArray(mark["unless"]) && mark["unless"].includes(value);
}

function propertySchema(node: Schema, key: string): Schema | undefined {
  const properties = node["properties"];
  if (isSchema(properties) && Object.hasOwn(properties, key)) {
    const property = properties[key];
    return isSchema(property) ? property : undefined;
  }
  return isSchema(node["additionalProperties"]) ? node["additionalProperties"] : undefined;
}

function dereference(root: Schema, node: Schema): Schema {
  const target = isSchema(node["then"]) ? node["then"] : node;
  const reference = target["$ref"];
  if (typeof reference !== "string") return target;
  const definitions = root["$defs"];
  const definition = isSchema(definitions) ? definitions[reference.slice(reference.lastIndexOf("/") + 1)] : undefined;
  return isSchema(definition) ? definition : target;
}
