/**
 * Recorded answers of other libraries (`tests/references/steps/NAME.json`): their tensors are decoded as the head of
 * `examples/making/tensors.py` says, and results are compared with them to the tolerance that each case states.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { type DType, dtypes, isDType, type TensorData } from "../../runtime/values/dtype.js";
import { fromFloat16, toFloat16 } from "../../runtime/values/float16.js";
import { isList, isRecord, isTensor, type Json, sizeOf, Tensor, type Value } from "../../runtime/values/value.js";
import { reference } from "./paths.js";

export interface ReferenceCase {
  readonly name: string;
  readonly step: string;
  readonly arguments: { readonly [name: string]: Json };
  readonly inputs: { readonly [name: string]: Json };
  readonly expected: { readonly [name: string]: Json };
  /** The greatest difference allowed, relative beyond 1; 0 means equal. */
  readonly tolerance: number;
  readonly note?: string;
}

/** A tensor as a reference file writes it. */
interface WrittenTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data?: readonly Json[];
  readonly base64?: string;
  readonly zlib?: string;
  readonly sha256?: string;
  readonly samples?: readonly (readonly [number, Json])[];
}

type Element = number | bigint | string;
type JsonRecord = { readonly [name: string]: Json };

/** The cases of `tests/references/steps/NAME.json`, or only those of one step. */
export function referenceCases(name: string, step?: string): readonly ReferenceCase[] {
  const file = JSON.parse(readFileSync(reference(`steps/${name}.json`), "utf8")) as { cases: readonly ReferenceCase[] };
  return step === undefined ? file.cases : file.cases.filter((each) => each.step === step);
}

/** JSON of a reference with its written tensors, at any depth, as tensors. */
export function decodeReference(json: Json): Value {
  if (isWrittenTensor(json)) return decodeTensor(json);
  if (isJsonList(json)) return json.map(decodeReference);
  if (!isJsonRecord(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, decodeReference(value)]));
}

/** What differs between a result and what a reference expects, as sentences; none when they agree to the tolerance. */
export function differences(actual: Value | undefined, expected: Json, tolerance: number, at = "result"): string[] {
  if (isWrittenTensor(expected)) return tensorDifferences(actual, expected, tolerance, at);
  if (isJsonList(expected)) return listDifferences(actual, expected, tolerance, at);
  if (isJsonRecord(expected)) return recordDifferences(actual, expected, tolerance, at);
  const close =
    typeof expected === "number" && typeof actual === "number"
      ? isClose(actual, expected, tolerance)
      : actual === expected;
  return close ? [] : [`${at} is ${String(actual)}, not ${String(expected)}`];
}

function isWrittenTensor(json: Json): json is Json & WrittenTensor {
  return (
    typeof json === "object" &&
    json !== null &&
    "dtype" in json &&
    "shape" in json &&
    typeof json.dtype === "string" &&
    isDType(json.dtype)
  );
}

function decodeTensor(written: WrittenTensor): Tensor {
  const { dtype, shape } = written;
  if (written.data !== undefined) return new Tensor(dtype, shape, elements(dtype, written.data));
  const packed = written.zlib ?? written.base64;
  if (packed === undefined) throw new Error("a tensor written as samples cannot be decoded, only compared with");
  const bytes = Buffer.from(packed, "base64");
  const plain = written.zlib === undefined ? bytes : inflateSync(bytes);
  const data = dtypes[dtype].view?.(Uint8Array.from(plain).buffer, 0, sizeOf(shape));
  if (data === undefined) throw new Error("strings are not written as bytes");
  return new Tensor(dtype, shape, data);
}

function elements(dtype: DType, written: readonly Json[]): TensorData {
  const data = dtypes[dtype].allocate(written.length);
  for (const [i, value] of written.entries()) data[i] = element(dtype, value);
  return data;
}

function element(dtype: DType, value: Json): Element {
  if (dtype === "string") return String(value);
  if (dtype === "int64" || dtype === "uint64") return BigInt(value as number | string);
  return dtype === "float16" ? toFloat16(Number(value)) : Number(value);
}

function tensorDifferences(
  actual: Value | undefined,
  expected: WrittenTensor,
  tolerance: number,
  at: string,
): string[] {
  const want = `${expected.dtype}[${expected.shape.join(", ")}]`;
  if (!isTensor(actual)) return [`${at} is no tensor, ${want} is expected`];
  const got = `${actual.dtype}[${actual.shape.join(", ")}]`;
  if (got !== want) return [`${at} is ${got}, not ${want}`];
  if (expected.sha256 !== undefined && tolerance === 0) return digestDifferences(actual, expected.sha256, at);
  return expectedElements(expected)
    .filter(([i, value]) => !sameElement(actual.dtype, actual.data[i], value, tolerance))
    .slice(0, 5)
    .map(([i, value]) => `${at} at ${i} is ${print(actual.dtype, actual.data[i])}, not ${print(actual.dtype, value)}`);
}

/** The elements that a result is compared with: all of them, or the samples. */
function expectedElements(expected: WrittenTensor): [number, Element][] {
  const { dtype, samples } = expected;
  if (samples !== undefined) return samples.map(([i, value]) => [i, element(dtype, value)]);
  return [...decodeTensor(expected).data.entries()];
}

function digestDifferences(actual: Tensor, sha256: string, at: string): string[] {
  if (Array.isArray(actual.data)) return [`${at} holds strings, which have no digest`];
  const bytes = new Uint8Array(actual.data.buffer, actual.data.byteOffset, actual.data.byteLength);
  return createHash("sha256").update(bytes).digest("hex") === sha256 ? [] : [`${at} has other bytes than expected`];
}

function sameElement(dtype: DType, actual: Element | undefined, expected: Element, tolerance: number): boolean {
  if (typeof actual !== "number" || typeof expected !== "number") return actual === expected;
  if (dtype === "float16") return isClose(fromFloat16(actual), fromFloat16(expected), tolerance);
  return isClose(actual, expected, tolerance);
}

/** Equal to the tolerance; at tolerance 0 bit for bit, where NaN equals NaN and 0 does not equal −0. */
function isClose(actual: number, expected: number, tolerance: number): boolean {
  if (Object.is(actual, expected)) return true;
  return (
    tolerance > 0 &&
    Number.isFinite(expected) &&
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))
  );
}

function listDifferences(
  actual: Value | undefined,
  expected: readonly Json[],
  tolerance: number,
  at: string,
): string[] {
  if (!isList(actual)) return [`${at} is no list`];
  if (actual.length !== expected.length) return [`${at} has ${actual.length} items, not ${expected.length}`];
  return expected.flatMap((each, i) => differences(actual[i], each, tolerance, `${at}[${i}]`));
}

function recordDifferences(actual: Value | undefined, expected: JsonRecord, tolerance: number, at: string): string[] {
  if (!isRecord(actual)) return [`${at} is no record`];
  const extra = Object.keys(actual).filter((name) => !(name in expected));
  return [
    ...extra.map((name) => `${at}.${name} is not expected`),
    ...Object.entries(expected).flatMap(([name, each]) => differences(actual[name], each, tolerance, `${at}.${name}`)),
  ];
}

function isJsonList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isJsonRecord(json: Json): json is JsonRecord {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function print(dtype: DType, value: Element | undefined): string {
  return String(dtype === "float16" && typeof value === "number" ? fromFloat16(value) : value);
}
