/**
 * The SHA-256 of values. Each value has one form, which no other has: types, shapes, lengths and names are part of it, and
 * numbers count by their bits, so that only equal values have equal digests.
 */
import { createHash, type Hash } from "node:crypto";
import { Image, isList, Tensor, type Value, type ValueRecord } from "./value.js";

/** `scope` says what the values are asked of. Records count by their names, in whatever order. */
export function digestOfValues(scope: string, values: ValueRecord): string {
  const digest = new ValueDigest();
  digest.text(scope);
  digest.record(values);
  return digest.end();
}

class ValueDigest {
  readonly #hash: Hash = createHash("sha256");
  /** Signs that are not yet hashed: a call for each would cost more than the hash of a small value. */
  #signs = "";

  end(): string {
    return this.#flushed().digest("base64");
  }

  /** As JSON, which escapes what UTF-8 has no form for. */
  text(text: string): void {
    this.#signs += `${JSON.stringify(text)};`;
  }

  record(record: ValueRecord): void {
    const names = Object.keys(record).filter((name) => record[name] !== undefined);
    this.#signs += `{${names.length};`;
    for (const name of names.sort()) {
      this.text(name);
      this.#value(record[name] ?? null);
    }
  }

  #value(value: Value): void {
    if (value === null) this.#signs += "null;";
    else if (typeof value === "string") this.text(value);
    else if (typeof value === "number") this.#signs += Object.is(value, -0) ? "-0;" : `${value};`;
    else if (typeof value === "bigint") this.#signs += `${value}n;`;
    else if (typeof value === "boolean") this.#signs += `${value};`;
    else if (value instanceof Tensor) this.#tensor(value);
    else if (value instanceof Image) this.#image(value);
    else if (value instanceof Uint8Array) this.#bytes("bytes", value);
    else if (isList(value)) this.#list(value);
    else this.record(value);
  }

  #list(items: readonly Value[]): void {
    this.#signs += `[${items.length};`;
    for (const item of items) this.#value(item);
  }

  #tensor({ dtype, shape, data }: Tensor): void {
    const type = `${dtype}[${shape.join(",")}]`;
    if (!Array.isArray(data)) {
      this.#bytes(type, data);
      return;
    }
    this.#signs += `${type};`;
    for (const text of data) this.text(text);
  }

  #image({ width, height, channels, data, geometry }: Image): void {
    this.#bytes(`image[${width},${height},${channels}]${JSON.stringify(geometry ?? null)}`, data);
  }

  #bytes(type: string, bytes: NodeJS.ArrayBufferView): void {
    this.#signs += `${type}:${bytes.byteLength};`;
    this.#flushed().update(bytes);
  }

  #flushed(): Hash {
    this.#hash.update(this.#signs);
    this.#signs = "";
    return this.#hash;
  }
}
