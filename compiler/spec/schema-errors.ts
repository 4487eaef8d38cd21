/** The schema's errors as diagnostics: one small function a keyword. */
import { didYouMean, nearest, quote } from "../../runtime/suggest.js";
import type { Json } from "../../runtime/values/value.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { fromPointer } from "../source/path.js";
import type { SchemaError } from "./check-schema.js";
import { describe, isJsonRecord, shorten, valueAtPath } from "./json.js";
import { isSchema, type Schema, typeWords } from "./schema.js";

export interface SchemaFinding {
  readonly diagnostic: Diagnostic;
  /** What is too wrong to keep: the object that has the unknown field, or lacks the missing one, or the value itself. */
  readonly broken: Path;
}

/** Findings for all errors; those that follow from another one are left out. */
export function describeSchemaErrors(errors: readonly SchemaError[], document: Json): readonly SchemaFinding[] {
  const told = errors.filter((error) => error.keyword !== "if");
  const unknown = told.filter((error) => error.keyword === "additionalProperties");
  const findings = told
    .filter((error) => !isConsequence(error, unknown))
    .map((error) => describeError(error, document))
    .filter((finding) => finding !== undefined);
  return findings;
}

/** A missing field whose misspelt name is there is told once. */
function isConsequence(error: SchemaError, unknown: readonly SchemaError[]): boolean {
  if (error.keyword !== "required") return false;
  const missing = String(error.params["missingProperty"]);
  return unknown.some(
    (other) =>
      other.instancePath === error.instancePath &&
      nearest(String(other.params["additionalProperty"]), [missing]).length > 0,
  );
}

function describeError(error: SchemaError, document: Json): SchemaFinding | undefined {
  const path = normalise(error.instancePath, document);
  const schema = error.parentSchema;
  const field = nameOf(path);
  const value = valueAtPath(document, path);
  const at = (found: Diagnostic, broken: Path = path): SchemaFinding => ({ diagnostic: found, broken });
  switch (error.keyword) {
    case "additionalProperties": {
      const unknown = String(error.params["additionalProperty"]);
      const known = Object.keys(isSchema(schema["properties"]) ? schema["properties"] : {});
      const suggestion = didYouMean(unknown, known, "remove it");
      return at(
        diagnostic("unknown-field", "field", keyAt([...path, unknown]), {
          field: unknown,
          where: whereIs(path),
          suggestion,
        }),
      );
    }
    case "required": {
      const missing = String(error.params["missingProperty"]);
      return at(diagnostic("missing-field", "field", keyAt(path), { field: missing, where: whereIs(path) }));
    }
    case "minProperties":
      return at(diagnostic("missing-field", "entries", keyAt(path), { field }));
    case "type":
      return at(describeType(field, value, schema, path));
    case "enum":
      return at(describeEnum(field, value, schema, path));
    case "minimum":
    case "exclusiveMinimum":
    case "minLength":
      return at(
        diagnostic("bad-value", "minimum", valueAt(path), { field, limit: limitOf(error), value: shown(value) }),
      );
    case "maximum":
    case "exclusiveMaximum":
      return at(
        diagnostic("bad-value", "maximum", valueAt(path), { field, limit: limitOf(error), value: shown(value) }),
      );
    case "maxLength":
    case "pattern":
      return at(
        diagnostic("bad-value", "pattern", valueAt(path), { field, value: shown(value), expected: expected(schema) }),
      );
    case "minItems":
    case "maxItems": {
      const found = Array.isArray(value) ? `${value.length} items` : describe(value);
      const wanted = `${error.keyword === "minItems" ? "at least" : "at most"} ${limitOf(error)}`;
      return at(diagnostic("bad-value", "items", valueAt(path), { field, found, expected: wanted }));
    }
    case "uniqueItems":
      return at(describeTwice(field, value, path));
    default:
      return at(
        diagnostic("bad-value", "pattern", valueAt(path), {
          field,
          value: shown(value),
          expected: "another value",
        }),
      );
  }
}

function describeType(field: string, value: Json | undefined, schema: Schema, path: Path): Diagnostic {
  const holes = { field, expected: expected(schema), found: describe(value) };
  const types = [schema["type"]].flat();
  const isUnquoted = types.includes("string") && (typeof value === "number" || typeof value === "boolean");
  return isUnquoted
    ? diagnostic("wrong-type", "quote", valueAt(path), { ...holes, value: String(value) })
    : diagnostic("wrong-type", "type", valueAt(path), holes);
}

function describeEnum(field: string, value: Json | undefined, schema: Schema, path: Path): Diagnostic {
  const choices = Array.isArray(schema["enum"]) ? schema["enum"].map(String) : [];
  const near = typeof value === "string" ? nearest(value, choices)[0] : undefined;
  const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
  return diagnostic("bad-value", "enum", valueAt(path), {
    field,
    value: shown(value),
    choices: choices.join(", "),
    suggestion,
  });
}

function describeTwice(field: string, value: Json | undefined, path: Path): Diagnostic {
  const items = (Array.isArray(value) ? value : []).map((item) => JSON.stringify(item));
  const index = items.findIndex((item, at) => items.indexOf(item) < at);
  const place = valueAt([...path, index]);
  return diagnostic("bad-value", "twice", place, { field, value: shown(valueAtPath(value ?? null, [index])) });
}

/** The path with list indices as numbers, as a Source knows them. */
function normalise(pointer: string, document: Json): Path {
  const path: (string | number)[] = [];
  for (const part of fromPointer(pointer)) {
    path.push(Array.isArray(valueAtPath(document, path)) ? Number(part) : part);
  }
  return path;
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (typeof last !== "number") return last === undefined ? "the spec" : quote(last);
  return `item ${last + 1} of "${path.at(-2) ?? "the list"}"`;
}

/** Where a field is, in words: `the spec`, `model "reader"`, `step 2 of graph "read"`. */
export function whereIs(path: Path): string {
  const [section, name, part, item, ...rest] = path;
  if (section === undefined) return "the spec";
  if (section === "models" && name !== undefined)
    return `${part === undefined ? "" : `"${path.slice(2).join(".")}" of `}model "${name}"`;
  if (section === "graphs" && name !== undefined) {
    if (part === "steps" && item !== undefined)
      return `step ${Number(item) + 1} of graph "${name}"${rest.length > 0 ? ` (${rest.join(".")})` : ""}`;
    if (part === "inputs" && item !== undefined) return `input "${item}" of graph "${name}"`;
    return `graph "${name}"`;
  }
  if (section === "endpoints" && name !== undefined) return `endpoint ${Number(name) + 1}`;
  return `"${path.join(".")}"`;
}

function expected(schema: Schema): string {
  if (typeof schema["x-expected"] === "string") return schema["x-expected"];
  const type = schema["type"];
  const types = (Array.isArray(type) ? type : [type]).map((each) => typeWords[String(each)] ?? "a value");
  return [...new Set(types)].join(" or ");
}

function limitOf(error: SchemaError): string | number {
  return Number(error.params["limit"]);
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return quote(shorten(value));
  return isJsonRecord(value) || Array.isArray(value) ? describe(value) : String(value);
}
