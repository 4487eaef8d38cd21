/** JSON that has passed its schema to values, and values to JSON: the language's own rules for both. */
import { assertNever, type EkibenError } from "../errors.js";
import type { Dim, Type } from "../types/type.js";
import { tensorFromNested, tensorToNested } from "../values/nested.js";
import type { Json, Value, ValueRecord } from "../values/value.js";
import { Image, isRecord, Tensor } from "../values/value.js";
import { invalid, pointerPart } from "./invalid.js";

/** Sizes of named dimensions, as the values of one request show them. */
export type DimSizes = Map<string, number>;

/** A value of a type from checked JSON. `path` is the JSON Pointer that errors name. */
export function valueFromJson(type: Type, json: Json, path: string, sizes: DimSizes): Value {
  switch (type.kind) {
    case "unknown":
    case "json":
    case "null":
    case "string":
    case "boolean":
      return json;
    case "integer":
      return typeof json === "string" ? longInteger(json, path) : json;
    case "number":
      return typeof json === "string" ? Number(json) : json;
    case "bytes":
    case "image":
    case "audio":
    case "file":
      return bytesFromText(String(json), path);
    case "list":
      return asArray(json).map((item, index) => valueFromJson(type.item, item, `${path}/${index}`, sizes));
    case "record":
      return recordFromJson(type.fields, json, path, sizes);
    case "tensor": {
      const tensor = withEmptyRows(tensorAt(json, type.dtype, path), type.shape);
      checkShape(tensor, type.shape, path, sizes);
      return tensor;
    }
    case "union":
      return valueFromJson(memberFor(type.of, json), json, path, sizes);
    case "optional":
      return valueFromJson(type.of, json, path, sizes);
    default:
      return assertNever(type);
  }
}

function invalidInput(message: string, path: string): EkibenError {
  return invalid([{ path, message }]);
}

function tensorAt(json: Json, dtype: Parameters<typeof tensorFromNested>[1] | null, path: string): Tensor {
  try {
    return dtype === null ? tensorFromNested(json) : tensorFromNested(json, dtype);
  } catch (error) {
    if (error instanceof Error) throw invalid([{ path, message: error.message }]);
    throw error;
  }
}

/** An empty list shows no dimensions behind it; they are those of the type. */
function withEmptyRows(tensor: Tensor, shape: readonly Dim[] | null): Tensor {
  if (shape === null || tensor.data.length > 0 || tensor.shape.length >= shape.length) return tensor;
  const behind = shape.slice(tensor.shape.length).map((dim) => (typeof dim === "number" ? dim : 0));
  return new Tensor(tensor.dtype, [...tensor.shape, ...behind], tensor.data);
}

/** A tensor against its declared shape: equal rank and sizes, and one size for each name. */
export function checkShape(tensor: Tensor, shape: readonly Dim[] | null, path: string, sizes: DimSizes): void {
  if (shape === null) return;
  const found = `[${tensor.shape.join(", ")}]`;
  if (tensor.shape.length !== shape.length) {
    throw invalidInput(`it must have ${shape.length} dimensions, and it has ${tensor.shape.length}: ${found}`, path);
  }
  for (const [axis, dim] of shape.entries()) {
    const size = tensor.shape[axis] ?? 0;
    const wanted = typeof dim === "string" ? sizes.get(dim) : dim;
    if (wanted !== null && wanted !== undefined && wanted !== size) {
      const name = typeof dim === "string" ? ` (${dim})` : "";
      throw invalidInput(`dimension ${axis + 1}${name} must be ${wanted}, and it is ${size}: ${found}`, path);
    }
    if (typeof dim === "string") sizes.set(dim, size);
  }
}

function longInteger(text: string, path: string): bigint {
  const value = BigInt(text);
  if (Number.isSafeInteger(Number(value)))
    throw invalidInput("an integer below 2^53 is written as a number, not as a text", path);
  if (value < -(2n ** 63n) || value > 2n ** 63n - 1n) throw invalidInput("it is beyond 64 bits", path);
  return value;
}

/** Base64, or a `data:` URL that holds some. Anything else in the text is refused. */
function bytesFromText(text: string, path: string): Uint8Array {
  const base64 = text.startsWith("data:") ? dataUrlBody(text, path) : text;
  const bytes = Buffer.from(base64, "base64");
  const length = base64.endsWith("==") ? base64.length - 2 : base64.endsWith("=") ? base64.length - 1 : base64.length;
  if (bytes.length !== Math.floor((length * 3) / 4) || length % 4 === 1) throw invalidInput("it is not base64", path);
  return bytes;
}

function dataUrlBody(text: string, path: string): string {
  const comma = text.indexOf(",");
  if (comma === -1 || !text.slice(0, comma).endsWith(";base64"))
    throw invalidInput("a data: URL must hold base64", path);
  return text.slice(comma + 1);
}

function recordFromJson(fields: { readonly [name: string]: Type }, json: Json, path: string, sizes: DimSizes): Value {
  const given =
    typeof json === "object" && json !== null && !Array.isArray(json) ? (json as { readonly [key: string]: Json }) : {};
  const entries = Object.entries(given).map(([name, item]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [
      name,
      field === undefined ? item : valueFromJson(field, item, `${path}/${pointerPart(name)}`, sizes),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function memberFor(members: readonly Type[], json: Json): Type {
  const kind =
    json === null ? "null" : Array.isArray(json) ? "list" : typeof json === "object" ? "record" : typeof json;
  const found = members.find(
    (member) =>
      member.kind === kind ||
      (kind === "number" && member.kind === "integer") ||
      (kind === "list" && member.kind === "tensor"),
  );
  return found ?? members.find((member) => member.kind !== "null") ?? { kind: "json" };
}

function asArray(json: Json): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

/** The text of a record; fields that were skipped are absent. */
export function printJson(values: ValueRecord): string {
  let text = "";
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined) continue;
    text += `${text === "" ? "{" : ","}${JSON.stringify(name)}:${JSON.stringify(jsonFromValue(value))}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

/** Any value as JSON: tensors nested, bytes and images in base64, numbers that JSON lacks as words, long integers as text. */
export function jsonFromValue(value: Value): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Tensor) return tensorToNested(value);
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (value instanceof Image) throw new Error("invariant: images are encoded before they become JSON");
  if (isRecord(value)) {
    const entries = Object.entries(value).flatMap(([name, item]) =>
      item === undefined ? [] : [[name, jsonFromValue(item)] as const],
    );
    return Object.fromEntries(entries);
  }
  return value.map(jsonFromValue);
}
