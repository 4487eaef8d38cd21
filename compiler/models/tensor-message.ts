/** Initializers, read from `TensorProto`: their names and where their bytes lie when that is outside the ONNX file. The bytes are not read. */
import { bytesOf } from "./element-types.js";
import type { Span, WireFile } from "./wire.js";

export interface TensorMessage {
  readonly name: string;
  readonly external: ExternalData | undefined;
  /** Its bytes where it holds floats of 16 bits, else 0. */
  readonly halfBytes: number;
}

/** Bytes of one tensor in a file beside the model. */
export interface ExternalData {
  readonly tensor: string;
  /** As the ONNX file writes it: a path relative to the model's folder. */
  readonly location: string;
  readonly offset: number;
  /** Bytes that must be there: as the file says, else as the tensor's shape says. NaN where what it says is no number. */
  readonly length: number;
}

const externalLocation = 1;
/** float16 and bfloat16. */
const halfTypes: ReadonlySet<number> = new Set([10, 16]);

/** Reads a `TensorProto` without its weights. */
export function readTensor(file: WireFile, message: Span): TensorMessage {
  let name = "";
  let elements = 1;
  let dataType = 0;
  let dataLocation = 0;
  const entries = new Map<string, string>();
  file.eachField(message, (field) => {
    if (field.wire === "varint") {
      if (field.number === 1) elements *= field.value;
      if (field.number === 2) dataType = field.value;
      if (field.number === 14) dataLocation = field.value;
    }
    if (field.wire !== "bytes") return;
    if (field.number === 1) file.eachPacked(field.span, (dim) => (elements *= dim));
    if (field.number === 8) name = file.text(field.span);
    if (field.number === 13) readEntry(file, field.span, entries);
  });
  const needed = bytesOf(dataType, elements);
  const halfBytes = halfTypes.has(dataType) ? needed : 0;
  if (dataLocation !== externalLocation) return { name, external: undefined, halfBytes };
  return {
    name,
    halfBytes,
    external: {
      tensor: name,
      location: entries.get("location") ?? "",
      offset: count(entries.get("offset"), 0),
      length: Math.max(count(entries.get("length"), needed), needed),
    },
  };
}

/** A `SparseTensorProto` is named by its values. */
export function readSparseTensor(file: WireFile, message: Span): readonly TensorMessage[] {
  const parts: TensorMessage[] = [];
  file.eachField(message, (field) => {
    if (field.wire === "bytes" && field.number <= 2) parts.push(readTensor(file, field.span));
  });
  return parts;
}

function readEntry(file: WireFile, message: Span, entries: Map<string, string>): void {
  let key = "";
  let value = "";
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    if (field.number === 1) key = file.text(field.span);
    if (field.number === 2) value = file.text(field.span);
  });
  entries.set(key, value);
}

function count(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
