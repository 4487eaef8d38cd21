/** Whether a value of one type may stand where another is taken. */

import type { Dim, TensorType, Type } from "../../runtime/types/type.js";
import type { DType } from "../../runtime/values/dtype.js";
import { dtypes } from "../../runtime/values/dtype.js";

export type Fit = "ok" | "type" | "shape";
export type Unify = (a: Dim, b: Dim) => boolean;

/** `type`: another kind of value or element; `shape`: the same kind in another shape. */
export function fits(found: Type, expected: Type, unify: Unify): Fit {
  if (found.kind === "unknown" || expected.kind === "unknown") return "ok";
  if (found.kind === "union") return worst(found.of.map((member) => fits(member, expected, unify)));
  if (expected.kind === "union") return best(expected.of.map((member) => fits(found, member, unify)));
  if (expected.kind === "optional") return fits(found, expected.of, unify);
  if (found.kind === "optional") return fits(found.of, expected, unify);
  switch (expected.kind) {
    case "tensor":
      return fitsTensor(found, expected, unify);
    case "json":
      return isJsonLike(found) ? "ok" : "type";
    case "number":
      return found.kind === "number" || found.kind === "integer" || isScalarOf(found, ["float", "int", "uint"])
        ? "ok"
        : "type";
    case "integer":
      return found.kind === "integer" || isScalarOf(found, ["int", "uint"]) ? "ok" : "type";
    case "boolean":
      return found.kind === "boolean" || isScalarOf(found, ["bool"]) ? "ok" : "type";
    case "string":
      return found.kind === "string" || isScalarOf(found, ["string"]) ? "ok" : "type";
    case "bytes":
    case "file":
      return found.kind === "bytes" || found.kind === "file" ? "ok" : "type";
    case "image":
      if (found.kind !== "image") return "type";
      return unify(found.width, expected.width) &&
        unify(found.height, expected.height) &&
        unify(found.channels, expected.channels)
        ? "ok"
        : "shape";
    case "list":
      if (found.kind === "list") return fits(found.item, expected.item, unify);
      return found.kind === "tensor" && found.shape !== null && found.shape.length > 0
        ? fits(rowOf(found), expected.item, unify)
        : "type";
    case "record":
      if (found.kind !== "record") return "type";
      return worst(Object.entries(expected.fields).map(([name, field]) => fitsField(found.fields, name, field, unify)));
    default:
      return found.kind === expected.kind ? "ok" : "type";
  }
}

/** A tensor, or numbers and nested lists of them that can be written as one. */
function fitsTensor(found: Type, expected: TensorType, unify: Unify): Fit {
  if (found.kind === "tensor") {
    if (found.dtype !== null && expected.dtype !== null && found.dtype !== expected.dtype) return "type";
    return fitsShape(found.shape, expected.shape, unify) ? "ok" : "shape";
  }
  const nested = nesting(found);
  if (nested === undefined || (expected.dtype !== null && !isWritableAs(nested.element, expected.dtype))) return "type";
  return expected.shape === null || expected.shape.length === nested.depth ? "ok" : "shape";
}

export function fitsShape(found: readonly Dim[] | null, expected: readonly Dim[] | null, unify: Unify): boolean {
  if (found === null || expected === null) return true;
  return found.length === expected.length && found.every((dim, axis) => unify(dim, expected[axis] ?? null));
}

export interface Nesting {
  readonly depth: number;
  /** The innermost type: string, number, integer, boolean, or unknown. */
  readonly element: Type;
}

/** How deep lists of plain values nest; undefined for anything else. */
export function nesting(type: Type): Nesting | undefined {
  let depth = 0;
  let current = type;
  while (current.kind === "list") {
    depth++;
    current = current.item;
  }
  const isPlain = ["string", "number", "integer", "boolean", "unknown", "json"].includes(current.kind);
  return isPlain ? { depth, element: current } : undefined;
}

/** Whether plain values of a type can be the elements of a tensor. */
export function isWritableAs(element: Type, dtype: DType): boolean {
  const { kind } = dtypes[dtype];
  switch (element.kind) {
    case "string":
      return kind === "string";
    case "boolean":
      return kind === "bool";
    case "integer":
      return kind === "float" || kind === "int" || kind === "uint";
    case "number":
      return kind === "float";
    default:
      return true;
  }
}

/** One row of a tensor that has some. */
export function rowOf(type: TensorType): TensorType {
  return { kind: "tensor", dtype: type.dtype, shape: type.shape === null ? null : type.shape.slice(1) };
}

function fitsField(fields: { readonly [name: string]: Type }, name: string, expected: Type, unify: Unify): Fit {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) return expected.kind === "optional" ? "ok" : "type";
  return fits(field, expected, unify);
}

function isScalarOf(type: Type, kinds: readonly string[]): boolean {
  if (type.kind !== "tensor" || (type.shape !== null && type.shape.length > 0)) return false;
  return type.dtype === null || kinds.includes(dtypes[type.dtype].kind);
}

function isJsonLike(type: Type): boolean {
  switch (type.kind) {
    case "list":
      return isJsonLike(type.item);
    case "record":
      return Object.values(type.fields).every((field) => isJsonLike(field.kind === "optional" ? field.of : field));
    case "union":
      return type.of.every(isJsonLike);
    case "bytes":
    case "file":
    case "image":
    case "audio":
      return false;
    default:
      return true;
  }
}

function worst(found: readonly Fit[]): Fit {
  return found.find((each) => each === "type") ?? found.find((each) => each === "shape") ?? "ok";
}

function best(found: readonly Fit[]): Fit {
  return found.find((each) => each === "ok") ?? found.find((each) => each === "shape") ?? "type";
}
