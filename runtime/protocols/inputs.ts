/** A record of inputs, however it came in, to the values that a graph takes: checked, converted, pictures decoded. */
import { EkibenError, type InputError } from "../errors.js";
import type { SchemaError } from "../plan/json-schema.js";
import { bindArguments } from "../steps/bind-arguments.js";
import { findStep } from "../steps/index.js";
import type { Type } from "../types/type.js";
import type { Json, Value, ValueRecord } from "../values/value.js";
import { Image, isList, isRecord, Tensor } from "../values/value.js";
import type { Contract } from "./contract.js";
import { invalid } from "./invalid.js";
import { checkShape, type DimSizes, valueFromJson } from "./json-values.js";
import { describeSchemaError, unknownField } from "./schema-message.js";

/** JSON, or a value that needs no JSON: bytes of a medium, a tensor, a picture. */
export type Given = Json | Uint8Array | Tensor | Image;
export type GivenInputs = { readonly [name: string]: Given };

/** Checks and converts. Throws `invalid-input` with every place that is wrong. */
export async function readInputs(contract: Contract, given: GivenInputs): Promise<ValueRecord> {
  check(contract, given);
  const sizes: DimSizes = new Map();
  const errors: InputError[] = [];
  // Inputs may be called like what every object has; this one has nothing of its own.
  const values: { [name: string]: Value } = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    try {
      const converted = convert(contract.inputs.get(name) ?? { kind: "unknown" }, value, `/${name}`, sizes);
      values[name] = converted instanceof Promise ? await converted : converted;
    } catch (error) {
      if (!(error instanceof EkibenError) || error.code !== "invalid-input") throw error;
      errors.push(...error.errors);
    }
  }
  if (errors.length > 0) throw invalid(errors.slice(0, mostErrors));
  return values;
}

function convert(type: Type, value: Given, path: string, sizes: DimSizes): Value | Promise<Value> {
  if (value instanceof Tensor && type.kind === "tensor") checkTensor(value, type, path, sizes);
  const converted = isDirect(value) ? value : valueFromJson(type, value, path, sizes);
  return mentionsImages(type) ? decodeImages(type, converted, path) : converted;
}

function isDirect(value: Given): value is Uint8Array | Tensor | Image {
  return value instanceof Uint8Array || value instanceof Tensor || value instanceof Image;
}

function checkTensor(value: Tensor, type: Type & { kind: "tensor" }, path: string, sizes: DimSizes): void {
  if (type.dtype !== null && type.dtype !== value.dtype)
    throw invalid([{ path, message: `it must be of ${type.dtype}, and it is of ${value.dtype}` }]);
  checkShape(value, type.shape, path, sizes);
}

/** Values that are not JSON fit by their kind; the rest is checked by the schema. */
function check(contract: Contract, given: GivenInputs): void {
  const entries = Object.entries(given);
  const direct = new Set(entries.flatMap(([name, value]) => (isDirect(value) ? [name] : [])));
  // Made of entries: a field called "__proto__" is one like any other, and unknown.
  const json = direct.size === 0 ? (given as Json) : Object.fromEntries(entries.filter(([name]) => !direct.has(name)));
  const errors = contract.validate(json);
  if (errors.length === 0 && direct.size === 0) return;
  const wrong = [
    ...errors
      .filter((error) => !isGiven(error, direct))
      .map((error) => describeSchemaError(error, contract.inputs, json as Json)),
    ...misplaced(contract, given, direct),
  ];
  if (wrong.length > 0) throw invalid(wrong.slice(0, mostErrors));
}

/** Missing only for the schema, which does not see what is no JSON. */
function isGiven({ keyword, instancePath, params }: SchemaError, direct: ReadonlySet<string>): boolean {
  return keyword === "required" && instancePath === "" && direct.has(String(params["missingProperty"]));
}

const mostErrors = 50;

function misplaced(contract: Contract, given: GivenInputs, names: ReadonlySet<string>): readonly InputError[] {
  return [...names].flatMap((name) => {
    const type = contract.inputs.get(name);
    const value = given[name];
    if (type === undefined) return [unknownField(name, "", [...contract.inputs.keys()])];
    const kinds =
      value instanceof Tensor ? ["tensor"] : value instanceof Image ? ["image"] : ["image", "audio", "file", "bytes"];
    return kinds.includes(type.kind) || type.kind === "unknown"
      ? []
      : [{ path: `/${name}`, message: `it must be ${type.kind}, not ${kinds[0]}` }];
  });
}

function mentionsImages(type: Type): boolean {
  if (type.kind === "image") return true;
  if (type.kind === "list") return mentionsImages(type.item);
  return type.kind === "record" && Object.values(type.fields).some(mentionsImages);
}

/** An `image` input arrives as `image.decode`'s defaults give it. */
async function decodeImages(type: Type, value: Value, path: string): Promise<Value> {
  if (type.kind === "image" && value instanceof Uint8Array) return decodeImage(value, path);
  if (type.kind === "list" && isList(value))
    return Promise.all(value.map((item, index) => decodeImages(type.item, item, `${path}/${index}`)));
  if (type.kind === "record" && isRecord(value)) {
    const fields = Object.entries(value).map(async ([name, item]) => {
      const field = type.fields[name];
      return [
        name,
        item === undefined || field === undefined ? item : await decodeImages(field, item, `${path}/${name}`),
      ] as const;
    });
    return Object.fromEntries(await Promise.all(fields));
  }
  return value;
}

async function decodeImage(bytes: Uint8Array, path: string): Promise<Value> {
  const step = findStep("image.decode");
  if (step === undefined) throw new Error("invariant: image.decode is a step");
  try {
    const image = await step.kernel(bindArguments(step, { image: bytes }), { signal: new AbortController().signal });
    return image ?? null;
  } catch (error) {
    if (error instanceof EkibenError && error.code === "invalid-input")
      throw invalid([{ path, message: error.message }]);
    throw error;
  }
}
