/** What values take of memory when they are kept, and values that keep no more alive than themselves. */
import { Image, isList, Tensor, type Value, type ValueRecord } from "./value.js";

/** What an object takes beside its contents, about. */
const objectBytes = 64;

/** Bytes, about. */
export function footprint(value: Value | undefined): number {
  if (value === null || value === undefined) return 8;
  if (typeof value === "string") return objectBytes + 2 * value.length;
  if (typeof value !== "object") return 16;
  if (value instanceof Tensor) return 2 * objectBytes + dataBytes(value);
  if (value instanceof Image || value instanceof Uint8Array)
    return 2 * objectBytes + (value instanceof Image ? value.data : value).byteLength;
  if (isList(value)) return value.reduce<number>((sum, item) => sum + 8 + footprint(item), objectBytes);
  return Object.values(value).reduce<number>((sum, item) => sum + 16 + footprint(item), objectBytes);
}

function dataBytes({ data }: Tensor): number {
  return Array.isArray(data) ? data.reduce((sum, text) => sum + objectBytes + 2 * text.length, 0) : data.byteLength;
}

/** The same values; those that are a part of a larger buffer, as of a whole batch's, are copied out of it. */
export function compact(record: ValueRecord): ValueRecord {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, compactValue(value)]));
}

export function compactTensor(tensor: Tensor): Tensor {
  const { dtype, shape, data } = tensor;
  if (Array.isArray(data) || data.buffer.byteLength === data.byteLength) return tensor;
  return new Tensor(dtype, shape, data.slice());
}

function compactValue(value: Value | undefined): Value | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Tensor) return compactTensor(value);
  if (value instanceof Uint8Array) return value.buffer.byteLength === value.byteLength ? value : value.slice();
  if (value instanceof Image) return compactImage(value);
  if (isList(value)) return value.map((item) => compactValue(item) ?? null);
  return compact(value);
}

function compactImage(image: Image): Image {
  const { width, height, channels, data, geometry } = image;
  return data.buffer.byteLength === data.byteLength
    ? image
    : new Image(width, height, channels, data.slice(), geometry);
}
