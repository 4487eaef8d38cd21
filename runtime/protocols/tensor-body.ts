/**
 * JSON bodies with tensors, read straight into typed arrays. Whatever is unusual is given up, and read from the start as
 * all bodies are (`parseJson`, the schema, `readInputs`): what is wrong is said there, and only there.
 */
import { isUtf8 } from "node:buffer";
import type { Dim } from "../types/type.js";
import { nextByte, readTensor, standsAt } from "../values/json-tensor.js";
import { type Cursor, NumberReader } from "../values/number-reader.js";
import type { Json } from "../values/value.js";
import { Tensor } from "../values/value.js";
import type { Contract } from "./contract.js";
import type { GivenInputs } from "./inputs.js";

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;

type Inputs = { [name: string]: Tensor | Json };

/** The inputs of a body: tensors of their declared element types and ranks, and other values as JSON that no schema has seen. */
export function readTensorBody(body: Buffer, contract: Contract): GivenInputs | undefined {
  if (contract.tensors.size === 0) return undefined;
  const cursor: Cursor = { bytes: body, at: 0 };
  const inputs: Inputs = Object.create(null);
  const first = nextByte(cursor);
  const isRead =
    first === openBrace
      ? readRecord(cursor, contract, inputs)
      : first === openBracket && readOnly(cursor, contract, inputs);
  return isRead && nextByte(cursor) === 0 && cursor.at === body.length ? inputs : undefined;
}

function readRecord(cursor: Cursor, contract: Contract, inputs: Inputs): boolean {
  let byte: number;
  do {
    cursor.at++;
    const name = readName(cursor);
    if (name === undefined || name in inputs || nextByte(cursor) !== colon) return false;
    cursor.at++;
    const value = readValue(cursor, contract, name);
    if (value === undefined) return false;
    inputs[name] = value;
    byte = nextByte(cursor);
  } while (byte === comma);
  cursor.at++;
  return byte === closeBrace;
}

/** A body that is a list is the value of the only input. */
function readOnly(cursor: Cursor, contract: Contract, inputs: Inputs): boolean {
  const [name = "", second] = contract.inputs.keys();
  const value = second === undefined ? readValue(cursor, contract, name) : undefined;
  if (value === undefined) return false;
  inputs[name] = value;
  return true;
}

/** A name as the inputs are called: letters, digits and underscores. */
function readName(cursor: Cursor): string | undefined {
  if (nextByte(cursor) !== quote) return undefined;
  const start = cursor.at + 1;
  const end = cursor.bytes.indexOf(quote, start);
  if (end === -1 || end - start > longestName) return undefined;
  cursor.at = end + 1;
  return cursor.bytes.toString("latin1", start, end);
}

const longestName = 256;

function readValue(cursor: Cursor, contract: Contract, name: string): Tensor | Json | undefined {
  const type = contract.tensors.get(name);
  if (type !== undefined) return readTensor(cursor, type.dtype, type.sizes);
  return contract.inputs.has(name) ? readScalar(cursor) : undefined;
}

function readScalar(cursor: Cursor): Json | undefined {
  const byte = nextByte(cursor);
  const { bytes, at } = cursor;
  if (byte === quote) return readText(cursor);
  for (const [word, value] of words) {
    if (!standsAt(bytes, at, word)) continue;
    cursor.at += word.length;
    return value;
  }
  return new NumberReader(cursor, "float64").readOne();
}

const words = [
  ["null", null],
  ["true", true],
  ["false", false],
] as const;

function readText(cursor: Cursor): string | undefined {
  const { bytes, at } = cursor;
  let end = bytes.indexOf(quote, at + 1);
  while (end !== -1 && isEscaped(bytes, end)) end = bytes.indexOf(quote, end + 1);
  if (end === -1) return undefined;
  cursor.at = end + 1;
  const text = bytes.subarray(at, end + 1);
  if (!isUtf8(text)) return undefined;
  try {
    return String(JSON.parse(text.toString("utf8")));
  } catch {
    return undefined;
  }
}

/** Whether an odd number of backslashes stands before a position; the quote that began the text is none. */
function isEscaped(bytes: Buffer, at: number): boolean {
  let before = at - 1;
  while (bytes[before] === backslash) before--;
  return (at - before) % 2 === 0;
}

/** Whether tensors are all that was read, none that is needed is missing, and one name has one size: they need no schema. */
export function areValues(given: GivenInputs, contract: Contract): given is { readonly [name: string]: Tensor } {
  for (const name of contract.needed) if (!(name in given)) return false;
  let sizes: Map<string, number> | undefined;
  for (const name in given) {
    const value = given[name];
    const type = contract.tensors.get(name);
    if (!(value instanceof Tensor) || type === undefined) return false;
    if (!type.hasNames) continue;
    sizes ??= new Map();
    if (!haveOneSize(type.shape, value.shape, sizes)) return false;
  }
  return true;
}

function haveOneSize(dims: readonly Dim[], shape: readonly number[], sizes: Map<string, number>): boolean {
  return dims.every((dim, axis) => {
    const size = shape[axis] ?? 0;
    if (typeof dim !== "string") return true;
    const known = sizes.get(dim);
    if (known === undefined) sizes.set(dim, size);
    return known === undefined || known === size;
  });
}
