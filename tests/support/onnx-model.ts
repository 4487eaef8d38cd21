/**
 * A pen for tiny ONNX models, so that a test shows the model that it is about. Types are written as the signature prints
 * them: `float32[batch, 4]`, `int64[]`, `float32[...]`, `sequence<map<int64, float32>>`, `optional<float32[2]>`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { elementType } from "../../compiler/models/element-types.js";
import { temporaryFolder } from "./temp.js";

const elementNames: readonly string[] = Array.from({ length: 64 }, (_, number) => elementType(number));

export interface ModelSketch {
  readonly irVersion?: number;
  readonly producer?: string;
  /** Domain to version; the standard domain is empty. */
  readonly opsets?: Readonly<Record<string, number>>;
  /** Name to type. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly initializers?: readonly InitializerSketch[];
  readonly nodes?: readonly NodeSketch[];
}

export interface InitializerSketch {
  readonly name: string;
  /** Such as `float32[2, 3]`. */
  readonly type: string;
  /** Little-endian bytes, or where they lie. */
  readonly data: Uint8Array | Readonly<Record<string, string>>;
}

export interface NodeSketch {
  readonly operator: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integers, or a graph inside the node. */
  readonly attributes?: Readonly<Record<string, number | ModelSketch>>;
}

/** The bytes of an ONNX file. */
export function onnxModel(sketch: ModelSketch): Buffer {
  return Buffer.concat([
    integer(1, sketch.irVersion ?? 8),
    text(2, sketch.producer ?? "pen"),
    message(7, graph(sketch)),
    ...Object.entries(sketch.opsets ?? { "": 17 }).map(([domain, version]) =>
      message(8, text(1, domain), integer(2, version)),
    ),
  ]);
}

/** The path of a file `model.onnx` in a folder of its own, with the given files beside it. */
export function writeModel(model: ModelSketch | Buffer, beside: Readonly<Record<string, Uint8Array>> = {}): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(beside)) writeFileSync(join(folder, name), bytes);
  const path = join(folder, "model.onnx");
  writeFileSync(path, Buffer.isBuffer(model) ? model : onnxModel(model));
  return path;
}

/** A model that gives back what it gets, under another name. */
export function identityModel(type: string, from = "x", to = "y"): ModelSketch {
  return {
    inputs: { [from]: type },
    outputs: { [to]: type },
    nodes: [{ operator: "Identity", inputs: [from], outputs: [to] }],
  };
}

/** Little-endian bytes of float32 numbers. */
export function floats(...values: readonly number[]): Uint8Array {
  return new Uint8Array(new Float32Array(values).buffer);
}

/** Little-endian bytes of int64 numbers. */
export function ints(...values: readonly number[]): Uint8Array {
  return new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
}

function graph(sketch: ModelSketch): Buffer {
  return Buffer.concat([
    ...(sketch.nodes ?? []).map((node) => message(1, nodeBytes(node))),
    text(2, "graph"),
    ...(sketch.initializers ?? []).map((initializer) => message(5, initializerBytes(initializer))),
    ...valueInfos(11, sketch.inputs),
    ...valueInfos(12, sketch.outputs),
  ]);
}

function valueInfos(number: number, values: Readonly<Record<string, string>> = {}): readonly Buffer[] {
  return Object.entries(values).map(([name, type]) => message(number, text(1, name), message(2, typeBytes(type))));
}

function nodeBytes(node: NodeSketch): Buffer {
  return Buffer.concat([
    ...node.inputs.map((name) => text(1, name)),
    ...node.outputs.map((name) => text(2, name)),
    text(4, node.operator),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) => message(5, attributeBytes(name, value))),
    text(7, node.domain ?? ""),
  ]);
}

function attributeBytes(name: string, value: number | ModelSketch): Buffer {
  if (typeof value === "number") return Buffer.concat([text(1, name), integer(3, value), integer(20, 2)]);
  return Buffer.concat([text(1, name), message(6, graph(value)), integer(20, 5)]);
}

function initializerBytes({ name, type, data }: InitializerSketch): Buffer {
  const { element, dims } = tensorType(type);
  const head = [...dims.map((dim) => integer(1, Number(dim))), integer(2, element), text(8, name)];
  if (data instanceof Uint8Array) return Buffer.concat([...head, message(9, Buffer.from(data))]);
  const entries = Object.entries(data).map(([key, value]) => message(13, text(1, key), text(2, value)));
  return Buffer.concat([...head, ...entries, integer(14, 1)]);
}

function typeBytes(type: string): Buffer {
  if (type === "undeclared") return Buffer.alloc(0);
  const [, wrapper, inner] = /^(sequence|optional|sparse|map)<(.*)>$/.exec(type) ?? [];
  if (inner === undefined || wrapper === undefined) return message(1, tensorTypeBytes(type));
  if (wrapper === "sequence") return message(4, message(1, typeBytes(inner)));
  if (wrapper === "optional") return message(9, message(1, typeBytes(inner)));
  if (wrapper === "sparse") return message(8, tensorTypeBytes(inner));
  const [key = "", value = ""] = inner.split(/, (.*)/);
  return message(5, integer(1, tensorType(key).element), message(2, typeBytes(value)));
}

function tensorTypeBytes(type: string): Buffer {
  const { element, dims, ranked } = tensorType(type);
  const shape = dims.map((dim) => message(1, dimBytes(dim)));
  return Buffer.concat([integer(1, element), ...(ranked ? [message(2, ...shape)] : [])]);
}

function dimBytes(dim: string): Buffer {
  if (dim === "?") return Buffer.alloc(0);
  return /^-?\d+$/.test(dim) ? integer(1, Number(dim)) : text(2, dim);
}

function tensorType(type: string): { element: number; dims: readonly string[]; ranked: boolean } {
  const [, name = "", shape] = /^([^[]+)(?:\[(.*)\])?$/.exec(type) ?? [];
  const element = elementNames.indexOf(name);
  if (element < 0) throw new Error(`no element type "${name}"`);
  const ranked = shape !== undefined && shape !== "...";
  return { element, ranked, dims: ranked && shape !== "" ? shape.split(", ") : [] };
}

function message(number: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
}

function text(number: number, value: string): Buffer {
  return message(number, Buffer.from(value));
}

function integer(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
