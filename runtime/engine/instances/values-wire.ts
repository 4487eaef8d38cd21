/**
 * Values on their way to another thread and back. Every object is wrapped with its kind, so that no record of a caller
 * can pass for a tensor on the other side.
 */
import { assertNever, invariant } from "../../errors.js";
import type { DType, TensorData } from "../../values/dtype.js";
import { Image, Tensor, type Value, type ValueRecord } from "../../values/value.js";

export type WireValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | { readonly kind: "bytes"; readonly data: Uint8Array }
  | { readonly kind: "tensor"; readonly dtype: DType; readonly shape: readonly number[]; readonly data: TensorData }
  | ({ readonly kind: "image" } & Pick<Image, "width" | "height" | "channels" | "data" | "geometry">)
  | { readonly kind: "list"; readonly items: readonly WireValue[] }
  | { readonly kind: "record"; readonly fields: readonly (readonly [string, WireValue])[] };

/** Whether a kernel's argument can be sent: a loaded tokenizer, which is no value, cannot. */
export function canCross(argument: unknown): argument is Value | undefined {
  if (typeof argument !== "object" || argument === null) return typeof argument !== "function";
  if (Array.isArray(argument)) return argument.every(canCross);
  if (argument instanceof Tensor || argument instanceof Image || argument instanceof Uint8Array) return true;
  return isPlain(argument) && Object.values(argument).every(canCross);
}

/** The value as it crosses. Data that are part of a larger buffer are cut out of it, since cloning would copy the whole. */
export function toWire(value: Value | undefined): WireValue {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Tensor)
    return { kind: "tensor", dtype: value.dtype, shape: value.shape, data: compact(value.data) };
  if (value instanceof Image) {
    const { width, height, channels, data, geometry } = value;
    return { kind: "image", width, height, channels, data: compact(data), ...(geometry && { geometry }) };
  }
  if (value instanceof Uint8Array) return { kind: "bytes", data: compact(value) };
  if (isItems(value)) return { kind: "list", items: value.map(toWire) };
  return { kind: "record", fields: Object.entries(value).map(([name, field]) => [name, toWire(field)]) };
}

export function fromWire(wire: WireValue): Value | undefined {
  if (typeof wire !== "object" || wire === null) return wire;
  switch (wire.kind) {
    case "tensor":
      return new Tensor(wire.dtype, wire.shape, wire.data);
    case "image":
      return new Image(wire.width, wire.height, wire.channels, wire.data, wire.geometry);
    case "bytes":
      return wire.data;
    case "list":
      return wire.items.map((item) => fromWire(item) ?? null);
    case "record":
      return Object.fromEntries(wire.fields.map(([name, field]) => [name, fromWire(field)]));
    default:
      return assertNever(wire);
  }
}

/** The buffers of a value that may be handed over instead of copied. They are gone from this thread afterwards. */
export function buffersOf(wire: WireValue, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (typeof wire !== "object" || wire === null) return found;
  if (wire.kind === "list") for (const item of wire.items) buffersOf(item, found);
  else if (wire.kind === "record") for (const [, field] of wire.fields) buffersOf(field, found);
  else if (ArrayBuffer.isView(wire.data) && wire.data.buffer instanceof ArrayBuffer) found.add(wire.data.buffer);
  return found;
}

function compact<T extends TensorData>(data: T): T {
  if (!ArrayBuffer.isView(data) || data.byteLength === data.buffer.byteLength) return data;
  const copy = data.slice();
  invariant(sameKind(copy, data), "a slice is of its array's kind");
  return copy;
}

function sameKind<T extends object>(copy: object, original: T): copy is T {
  return Object.getPrototypeOf(copy) === Object.getPrototypeOf(original);
}

function isItems(value: readonly Value[] | ValueRecord): value is readonly Value[] {
  return Array.isArray(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
