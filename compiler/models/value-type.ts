/** The type that an ONNX file declares for an input or output, read from `TypeProto`, and how it prints. */
import { assertNever } from "../../runtime/errors.js";
import { type Dim, printDim } from "../../runtime/types/type.js";
import { type ElementType, elementType } from "./element-types.js";
import type { Span, WireFile } from "./wire.js";

export type OnnxType = OnnxTensorType | SequenceType | OptionalOnnxType | MapType | OpaqueType | UndeclaredType;

export interface OnnxTensorType {
  readonly kind: "tensor" | "sparse";
  readonly elementType: ElementType;
  /** A dimension is fixed, symbolic or unknown (null); null for the whole: unknown rank. */
  readonly shape: readonly Dim[] | null;
}
export interface SequenceType {
  readonly kind: "sequence";
  readonly item: OnnxType;
}
export interface OptionalOnnxType {
  readonly kind: "optional";
  readonly item: OnnxType;
}
export interface MapType {
  readonly kind: "map";
  readonly key: ElementType;
  readonly value: OnnxType;
}
export interface OpaqueType {
  readonly kind: "opaque";
}
/** The file does not say. */
export interface UndeclaredType {
  readonly kind: "undeclared";
}

/** Reads a `TypeProto`. */
export function readType(file: WireFile, message: Span): OnnxType {
  let type: OnnxType = { kind: "undeclared" };
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    if (field.number === 1) type = readTensorType(file, field.span, "tensor");
    if (field.number === 4) type = { kind: "sequence", item: readItemType(file, field.span) };
    if (field.number === 5) type = readMapType(file, field.span);
    if (field.number === 7) type = { kind: "opaque" };
    if (field.number === 8) type = readTensorType(file, field.span, "sparse");
    if (field.number === 9) type = { kind: "optional", item: readItemType(file, field.span) };
  });
  return type;
}

/** The type as ONNX's pages write it, such as `sequence<map<int64, float32>>` or `float32[batch, ?]`. */
export function printOnnxType(type: OnnxType): string {
  switch (type.kind) {
    case "tensor":
      return type.elementType + printShape(type.shape);
    case "sparse":
      return `sparse<${type.elementType}${printShape(type.shape)}>`;
    case "sequence":
    case "optional":
      return `${type.kind}<${printOnnxType(type.item)}>`;
    case "map":
      return `map<${type.key}, ${type.value.kind === "tensor" ? type.value.elementType : printOnnxType(type.value)}>`;
    case "opaque":
    case "undeclared":
      return type.kind;
    default:
      return assertNever(type);
  }
}

function printShape(shape: readonly Dim[] | null): string {
  return shape === null ? "[...]" : `[${shape.map(printDim).join(", ")}]`;
}

function readTensorType(file: WireFile, message: Span, kind: "tensor" | "sparse"): OnnxTensorType {
  let element = 0;
  let shape: Dim[] | null = null;
  file.eachField(message, (field) => {
    if (field.number === 1 && field.wire === "varint") element = field.value;
    if (field.number === 2 && field.wire === "bytes") shape = readShape(file, field.span);
  });
  return { kind, elementType: elementType(element), shape };
}

function readShape(file: WireFile, message: Span): Dim[] {
  const shape: Dim[] = [];
  file.eachField(message, (field) => {
    if (field.number === 1 && field.wire === "bytes") shape.push(readDim(file, field.span));
  });
  return shape;
}

/** Exporters write -1 and the empty name for a dimension that they do not know. */
function readDim(file: WireFile, message: Span): Dim {
  let dim: Dim = null;
  file.eachField(message, (field) => {
    if (field.number === 1 && field.wire === "varint") dim = field.value < 0 ? null : field.value;
    if (field.number === 2 && field.wire === "bytes") dim = file.text(field.span) || null;
  });
  return dim;
}

function readItemType(file: WireFile, message: Span): OnnxType {
  let item: OnnxType = { kind: "undeclared" };
  file.eachField(message, (field) => {
    if (field.number === 1 && field.wire === "bytes") item = readType(file, field.span);
  });
  return item;
}

function readMapType(file: WireFile, message: Span): MapType {
  let key = 0;
  let value: OnnxType = { kind: "undeclared" };
  file.eachField(message, (field) => {
    if (field.number === 1 && field.wire === "varint") key = field.value;
    if (field.number === 2 && field.wire === "bytes") value = readType(file, field.span);
  });
  return { kind: "map", key: elementType(key), value };
}
