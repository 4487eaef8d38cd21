/**
 * The types of values, and how they print. `unknown` is compatible with everything, so that one mistake gives one
 * diagnostic.
 */
import { assertNever } from "../errors.js";
import type { DType } from "../values/dtype.js";

/**
 * A fixed size, a named one (equal wherever the name stands, within one graph), or null for an unknown one. What follows
 * a `#` in a name tells apart the uses of one model; it is not printed.
 */
export type Dim = number | string | null;

export type Type =
  | { readonly kind: "unknown" }
  | { readonly kind: "null" }
  | { readonly kind: "string" }
  | { readonly kind: "integer" }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  | { readonly kind: "bytes" }
  | { readonly kind: "json" }
  | { readonly kind: "audio" }
  | { readonly kind: "file" }
  | ImageType
  | ListType
  | RecordType
  | TensorType
  | UnionType
  | OptionalType;

export interface ImageType {
  readonly kind: "image";
  readonly width: Dim;
  readonly height: Dim;
  readonly channels: Dim;
}
export interface ListType {
  readonly kind: "list";
  readonly item: Type;
}
export interface RecordType {
  readonly kind: "record";
  readonly fields: { readonly [name: string]: Type };
}
export interface TensorType {
  readonly kind: "tensor";
  /** null: any element type. */
  readonly dtype: DType | null;
  /** null: any rank. */
  readonly shape: readonly Dim[] | null;
}
/** One of several; made by `union`, which flattens and drops duplicates. */
export interface UnionType {
  readonly kind: "union";
  readonly of: readonly Type[];
}
/** A value that may have been skipped; never nested, never inside a union. Made by `optional`. */
export interface OptionalType {
  readonly kind: "optional";
  readonly of: Type;
}

export const unknownType: Type = { kind: "unknown" };
export const nullType: Type = { kind: "null" };
export const stringType: Type = { kind: "string" };
export const integerType: Type = { kind: "integer" };
export const numberType: Type = { kind: "number" };
export const booleanType: Type = { kind: "boolean" };
export const bytesType: Type = { kind: "bytes" };
export const jsonType: Type = { kind: "json" };
export const imageType: ImageType = { kind: "image", width: null, height: null, channels: null };

export function listOf(item: Type): ListType {
  return { kind: "list", item };
}

export function recordOf(fields: { readonly [name: string]: Type }): RecordType {
  return { kind: "record", fields };
}

export function tensorOf(dtype: DType | null, shape: readonly Dim[] | null): TensorType {
  return { kind: "tensor", dtype, shape };
}

export function optional(type: Type): Type {
  return type.kind === "optional" || type.kind === "unknown" ? type : { kind: "optional", of: type };
}

/** The type without its "may be skipped". */
export function required(type: Type): Type {
  return type.kind === "optional" ? type.of : type;
}

/** One of the given types; unknown when one of them is. */
export function union(types: readonly Type[]): Type {
  const members = new Map<string, Type>();
  for (const type of types.map(required)) {
    for (const member of type.kind === "union" ? type.of : [type]) members.set(printType(member), member);
  }
  const of = [...members.values()];
  if (of.some((member) => member.kind === "unknown")) return unknownType;
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: "union", of };
}

/** The type as a spec writes it, such as `list<{ label: string, score: number }>` or `float32[batch, ?]`. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "list":
      return `list<${printType(type.item)}>`;
    case "record": {
      const fields = Object.entries(type.fields).map(([name, field]) => `${printFieldName(name)}: ${printType(field)}`);
      return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
    }
    case "tensor":
      return `${type.dtype ?? "tensor"}[${type.shape === null ? "..." : type.shape.map(printDim).join(", ")}]`;
    case "union":
      return type.of.map(printType).join(" | ");
    case "optional":
      return `${type.of.kind === "union" ? `(${printType(type.of)})` : printType(type.of)}?`;
    case "unknown":
    case "null":
    case "string":
    case "integer":
    case "number":
    case "boolean":
    case "bytes":
    case "json":
    case "audio":
    case "file":
    case "image":
      return type.kind;
    default:
      return assertNever(type);
  }
}

export function printDim(dim: Dim): string {
  if (dim === null) return "?";
  if (typeof dim === "string" && dim.includes("#")) return printDim(dim.slice(0, dim.indexOf("#")));
  return typeof dim === "number" || /^[A-Za-z_][A-Za-z0-9_]*$/.test(dim)
    ? String(dim)
    : `"${dim.replaceAll('"', "'")}"`;
}

function printFieldName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}
