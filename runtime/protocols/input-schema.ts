/** Types as JSON Schema: what requests are checked against, what OpenAPI prints, what types and clients are made from. */
import { assertNever } from "../errors.js";
import type { PlanGraph, PlanInput } from "../plan/plan.js";
import { knownType } from "../types/parse.js";
import type { Dim, TensorType, Type } from "../types/type.js";
import { printType } from "../types/type.js";
import type { DType } from "../values/dtype.js";
import type { Json } from "../values/value.js";

export type Schema = { readonly [keyword: string]: unknown };

/** The three numbers that JSON lacks. */
export const numberWords = "^(NaN|-?Infinity)$";
/** Integers beyond 2^53, as decimal text. */
const longInteger = "^-?[1-9][0-9]{15,18}$";
const safe = Number.MAX_SAFE_INTEGER;

/** The schema of a request's record of inputs. */
export function requestSchema(graph: PlanGraph): Schema {
  const inputs = Object.entries(graph.inputs);
  return {
    type: "object",
    properties: Object.fromEntries(inputs.map(([name, input]) => [name, inputSchema(input)])),
    required: inputs.filter(([, input]) => input.default === undefined).map(([name]) => name),
    additionalProperties: false,
  };
}

/** The schema of an answer: one property an output; those that may be skipped are not required. */
export function responseSchema(graph: PlanGraph): Schema {
  const outputs = Object.entries(graph.outputs).map(([name, output]) => [name, knownType(output.type)] as const);
  return {
    type: "object",
    properties: Object.fromEntries(outputs.map(([name, type]) => [name, typeSchema(type)])),
    required: outputs.filter(([, type]) => type.kind !== "optional").map(([name]) => name),
    additionalProperties: false,
  };
}

/** An input's type, narrowed by its constraints, with its words. */
export function inputSchema(input: Pick<PlanInput, "type" | "constraints"> & Partial<PlanInput>): Schema {
  return {
    ...narrow(typeSchema(knownType(input.type)), input.constraints),
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.default === undefined ? {} : { default: input.default }),
    ...(input.examples === undefined ? {} : { examples: input.examples }),
  };
}

export function typeSchema(type: Type): Schema {
  switch (type.kind) {
    case "unknown":
    case "json":
      return {};
    case "null":
      return { type: "null" };
    case "string":
      return { type: "string" };
    case "boolean":
      return { type: "boolean" };
    case "integer":
      return { type: ["integer", "string"], minimum: -safe, maximum: safe, pattern: longInteger };
    case "number":
      return { type: ["number", "string"], pattern: numberWords };
    case "bytes":
      return { type: "string", contentEncoding: "base64" };
    case "image":
    case "audio":
      return { type: "string", contentEncoding: "base64", contentMediaType: `${type.kind}/*` };
    case "file":
      return { type: "string", contentEncoding: "base64", contentMediaType: "application/octet-stream" };
    case "list":
      return { type: "array", items: typeSchema(type.item) };
    case "record":
      return recordSchema(type.fields);
    case "tensor":
      return { ...tensorSchema(type), "x-tensor": printType(type) };
    case "union":
      return { anyOf: type.of.map(typeSchema) };
    case "optional":
      return typeSchema(type.of);
    default:
      return assertNever(type);
  }
}

function recordSchema(fields: { readonly [name: string]: Type }): Schema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, field]) => [name, typeSchema(field)])),
    required: entries.filter(([, field]) => field.kind !== "optional").map(([name]) => name),
    additionalProperties: false,
  };
}

function tensorSchema({ dtype, shape }: TensorType): Schema {
  if (shape === null) return {};
  return shape.reduceRight<Schema>((items, dim) => axisSchema(items, dim), dtype === null ? {} : elementSchema(dtype));
}

function axisSchema(items: Schema, dim: Dim): Schema {
  return { type: "array", items, ...(typeof dim === "number" ? { minItems: dim, maxItems: dim } : {}) };
}

function elementSchema(dtype: DType): Schema {
  switch (dtype) {
    case "float32":
    case "float64":
    case "float16":
      return { type: ["number", "string"], pattern: numberWords };
    case "int64":
      return { type: ["integer", "string"], minimum: -safe, maximum: safe, pattern: longInteger };
    case "uint64":
      return { type: ["integer", "string"], minimum: 0, maximum: safe, pattern: "^[1-9][0-9]{15,19}$" };
    case "bool":
      return { type: "boolean" };
    case "string":
      return { type: "string" };
    default: {
      const bits = Number(dtype.replace(/\D/g, ""));
      const isSigned = dtype.startsWith("int");
      return isSigned
        ? { type: "integer", minimum: -(2 ** (bits - 1)), maximum: 2 ** (bits - 1) - 1 }
        : { type: "integer", minimum: 0, maximum: 2 ** bits - 1 };
    }
  }
}

/** Constraints meet the type where they apply: those of numbers at a tensor's elements, those of lists at its first dimension. */
function narrow(schema: Schema, constraints: { readonly [keyword: string]: Json }): Schema {
  const keywords = Object.entries(constraints);
  if (keywords.length === 0) return schema;
  const isArray = schema["type"] === "array";
  const own = keywords.filter(([keyword]) => !isArray || keyword.endsWith("Items"));
  const inner = keywords.filter(([keyword]) => isArray && !keyword.endsWith("Items"));
  const items = schema["items"];
  return {
    ...withoutWords(
      { ...schema, ...tighter(schema, Object.fromEntries(own)) },
      own.map(([keyword]) => keyword),
    ),
    ...(inner.length > 0 && isSchema(items) ? { items: narrow(items, Object.fromEntries(inner)) } : {}),
  };
}

/** A limit that the type has already stays where it is the tighter one. */
function tighter(
  schema: Schema,
  constraints: { readonly [keyword: string]: Json },
): { readonly [keyword: string]: Json } {
  const limits: { [keyword: string]: Json } = { ...constraints };
  const { minimum, maximum } = schema;
  if (typeof minimum === "number" && typeof limits["minimum"] === "number")
    limits["minimum"] = Math.max(minimum, limits["minimum"]);
  if (typeof maximum === "number" && typeof limits["maximum"] === "number")
    limits["maximum"] = Math.min(maximum, limits["maximum"]);
  return limits;
}

/** A number that has limits is never written as a word. */
function withoutWords(schema: Schema, keywords: readonly string[]): Schema {
  const { type, pattern, ...rest } = schema;
  const isLimited = keywords.some((keyword) => /imum$|^multipleOf$|^enum$/.test(keyword));
  if (!isLimited || !Array.isArray(type) || type[1] !== "string") return schema;
  return { type: type[0], ...rest };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
