/** JSON Schema (2020-12) behind one function. The one file that imports ajv. */
import type { ErrorObject } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";

/** What validators that were printed ahead of time call. */
export { default as equal } from "ajv/dist/runtime/equal.js";
export { default as ucs2length } from "ajv/dist/runtime/ucs2length.js";

import { compilePattern } from "../types/pattern.js";

export type JsonSchema = boolean | { readonly [keyword: string]: unknown };
export type SchemaError = ErrorObject;

export interface SchemaOptions {
  /** Fill in defaults while checking. */
  readonly useDefaults?: boolean;
  /** Errors carry the value at fault and its schema. */
  readonly verbose?: boolean;
  /** Stop at the first error: for values so large that their errors would fill the memory. */
  readonly firstOnly?: boolean;
}

/** Checks a value and gives every error, none when it is valid. */
export type Validator = (value: unknown) => readonly SchemaError[];

/** Compiles a schema. Patterns are matched in linear time (RE2); keywords that begin with `x-` are annotations. */
export function compileSchema(schema: JsonSchema, options: SchemaOptions = {}): Validator {
  const validate = createAjv(options).compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

/** An ajv of this project's settings; for printing validators ahead of time, too. */
export function createAjv(
  options: SchemaOptions & { readonly code?: { readonly source: true; readonly esm: true; readonly lines: true } } = {},
): Ajv2020 {
  // Loaded when the first schema is compiled: most specs are checked without one.
  const library: typeof import("ajv/dist/2020.js") = require("ajv/dist/2020.js");
  const ajv = new library.Ajv2020({
    allErrors: options.firstOnly !== true,
    // What every object has from its prototype is no field of a value.
    ownProperties: true,
    // Every schema is this program's own: checking schemas against that of schemas takes twenty times as long as all else.
    meta: false,
    validateSchema: false,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
    ...(options.useDefaults === true ? { useDefaults: true } : {}),
    ...(options.verbose === true ? { verbose: true } : {}),
    code: { regExp: linearRegExp, ...(options.code ?? {}) },
  });
  ajv.addVocabulary(["x-expected", "x-not-built", "x-tensor", "example"]);
  return ajv;
}

/** A pattern as RE2 reads it: no backtracking, so that no input can make it slow. */
function linearRegExp(pattern: string): { test(text: string): boolean; toString(): string } {
  return { ...compilePattern(pattern), toString: () => pattern };
}
linearRegExp.code = "compilePattern";

/** The text of a module that exports a check function for each schema, under its name: ajv's, ahead of time. */
export function printChecks(schemas: { readonly [name: string]: JsonSchema }): string {
  // Only the compiler prints; a running service never loads it.
  const { default: standaloneCode } = require("ajv/dist/standalone") as typeof import("ajv/dist/standalone/index.js");
  const ajv = createAjv({ code: { source: true, esm: true, lines: true } });
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  return standaloneCode(ajv, Object.fromEntries(Object.keys(schemas).map((name) => [name, name])));
}
