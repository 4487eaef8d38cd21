/**
 * Makes `schemas/bentofile.schema.json` for editors: the spec's schema with the arguments of every built-in step, chosen by
 * `use`. Expressions may stand for any argument, so that an editor completes and never complains of one.
 */

import { allSteps } from "../../runtime/steps/index.js";
import type { Arg, Step } from "../../runtime/steps/step.js";
import { printArg } from "../graph/step-arguments.js";
import type { Schema } from "../spec/schema.js";
import { isSchema } from "../spec/schema.js";

export function editorSchema(spec: Schema): Schema {
  const composed = forEditors(spec);
  const definitions = isSchema(composed["$defs"]) ? composed["$defs"] : {};
  const step = isSchema(definitions["step"]) ? definitions["step"] : {};
  return {
    ...composed,
    $id: "https://ekiben.dev/schemas/bentofile.schema.json",
    $defs: { ...definitions, step: { ...step, allOf: allSteps().map(whenUsed) } },
  };
}

function whenUsed(step: Step): Schema {
  return {
    if: { properties: { use: { const: step.name } }, required: ["use"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: {
        use: { description: step.summary },
        with: {
          type: ["object", "string"],
          description: step.summary,
          properties: Object.fromEntries(Object.entries(step.args).map(([name, arg]) => [name, argument(arg)])),
          additionalProperties: false,
        },
      },
    },
  };
}

function argument(arg: Arg): Schema {
  const description = `${arg.description} Takes ${printArg(arg)}.`;
  const standard = arg.default === undefined ? {} : { default: arg.default };
  if (arg.enum === undefined) return { description, ...standard };
  return { description, ...standard, anyOf: [{ enum: arg.enum }, { type: "string", pattern: "^\\$" }] };
}

const insideGraphs = new Set(["graph", "input", "step", "type"]);

/** Without the keywords that only the compiler reads; outside graphs a reference to the environment may stand anywhere. */
function forEditors(schema: Schema): Schema {
  const kept = Object.entries(schema).filter(([keyword]) => !keyword.startsWith("x-"));
  return withReferences(Object.fromEntries(kept.map(([keyword, value]) => [keyword, inner(keyword, value)])));
}

function inner(keyword: string, value: unknown): unknown {
  if (!isSchema(value) || keyword === "default") return value;
  if (keyword === "$defs")
    return mapValues(value, (name, each) => (insideGraphs.has(name) ? withoutMarks(each) : forEditors(each)));
  if (keyword === "properties") return mapValues(value, (_, each) => forEditors(each));
  return keyword === "if" ? value : forEditors(value);
}

const reference = { type: "string", pattern: "\\$\\{env:" };

/** A number, a word of a list or a flag, or the variable that holds it. */
function withReferences(schema: Schema): Schema {
  const types = [schema["type"]].flat();
  const isNumeric = types.some((type) => ["integer", "number", "boolean"].includes(String(type)));
  if (Array.isArray(schema["enum"])) {
    const { enum: choices, type: _, ...rest } = schema;
    return { ...rest, anyOf: [{ enum: choices }, reference] };
  }
  const { pattern } = schema;
  if (typeof pattern === "string") return { ...schema, pattern: `(${pattern})|${reference.pattern}` };
  if (!isNumeric || types.includes("string")) return schema;
  return { ...schema, type: [...types, "string"], pattern: reference.pattern };
}

function withoutMarks(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema, (key, item: unknown) => (key.startsWith("x-") ? undefined : item)));
}

function mapValues(record: Schema, change: (name: string, value: Schema) => Schema): Schema {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, isSchema(value) ? change(name, value) : value]),
  );
}
