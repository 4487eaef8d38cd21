/** A record of inputs, however it came in, to the values that a graph takes: checked, converted, pictures decoded. */
import { EkibenError, type InputError } from "../errors.js";
import type { SchemaError } from "../plan/json-schema.js";
import { bindArguments } from "../steps/bind-arguments.js";
import { findStep } from "../steps/index.js";
import { didYouMean } from "../suggest.js";
import type { Type } from "../types/type.js";
import type { Json, Value, ValueRecord } from "../values/value.js";
import { Image, isList, isRecord, Tensor } from "../values/value.js";
import type { Contract } from "./contract.js";
import { checkShape, type DimSizes, valueFromJson } from "./json-values.js";

/** JSON, or a value that needs no JSON: bytes of a medium, a tensor, a picture. */
export type Given = Json | Uint8Array | Tensor | Image;
export type GivenInputs = { readonly [name: string]: Given };

/** Checks and converts. Throws `invalid-input` with every place that is wrong. */
export async function readInputs(contract: Contract, given: GivenInputs): Promise<ValueRecord> {
  check(contract, given);
  const sizes: DimSizes = new Map();
  const values: { [name: string]: Value } = {};
  for (const [name, value] of Object.entries(given)) {
    const type = contract.inputs.get(name) ?? { kind: "unknown" };
    const path = `/${name}`;
    const direct = isDirect(value);
    if (value instanceof Tensor && type.kind === "tensor") checkTensor(value, type, path, sizes);
    const converted = direct ? value : valueFromJson(type, value, path, sizes);
    values[name] = mentionsImages(type) ? await decodeImages(type, converted, path) : converted;
  }
  return values;
}

function isDirect(value: Given): value is Uint8Array | Tensor | Image {
  return value instanceof Uint8Array || value instanceof Tensor || value instanceof Image;
}

function checkTensor(value: Tensor, type: Type & { kind: "tensor" }, path: string, sizes: DimSizes): void {
  if (type.dtype !== null && type.dtype !== value.dtype)
    throw invalid([{ path, message: `it must be of ${type.dtype}, and it is of ${value.dtype}` }]);
  checkShape(value, type.shape, path, sizes);
}

/** Values that are not JSON fit by their kind; a text stands for them while the rest is checked. */
function check(contract: Contract, given: GivenInputs): void {
  const json: { [name: string]: Json } = {};
  const skipped = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    if (isDirect(value)) skipped.add(name);
    else json[name] = value;
  }
  const errors = contract
    .validate(json)
    .filter(
      (error) =>
        !(
          error.keyword === "required" &&
          error.instancePath === "" &&
          skipped.has(String(error.params["missingProperty"]))
        ),
    );
  const wrong = [
    ...errors.filter(isCause).map((error) => describe(error, contract, json)),
    ...misplaced(contract, given, skipped),
  ];
  if (wrong.length > 0) throw invalid(wrong.slice(0, mostErrors));
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

export function invalid(errors: readonly InputError[]): EkibenError {
  const [first] = errors;
  const where = first === undefined || first.path === "" ? "" : `${first.path}: `;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new EkibenError("invalid-input", `${where}${first?.message ?? "the input is wrong"}${more}`, { errors });
}

function isCause(error: SchemaError): boolean {
  return error.keyword !== "if";
}

function describe(error: SchemaError, contract: Contract, given: Json): InputError {
  const path = error.instancePath;
  switch (error.keyword) {
    case "additionalProperties": {
      const name = String(error.params["additionalProperty"]);
      return unknownField(name, path, path === "" ? [...contract.inputs.keys()] : fieldsAt(contract, path));
    }
    case "required":
      return { path: `${path}/${pointerPart(String(error.params["missingProperty"]))}`, message: "it is missing" };
    case "enum":
      return { path, message: `it must be one of ${JSON.stringify(error.params["allowedValues"]).slice(1, -1)}` };
    case "type":
      return { path, message: `it must be ${typeWords(error.params["type"])}, not ${kindOf(given, path)}` };
    case "pattern":
      return { path, message: patternMessage(String(error.params["pattern"])) };
    default:
      return { path, message: `it ${error.message ?? "is wrong"}` };
  }
}

function patternMessage(pattern: string): string {
  if (pattern.includes("NaN")) return 'it must be a number, or one of "NaN", "Infinity" and "-Infinity"';
  if (pattern.startsWith("^-?[1-9]") || pattern.startsWith("^[1-9]"))
    return "it must be an integer; as a text only when it is beyond 2^53";
  return `it must match the pattern ${pattern}`;
}

function unknownField(name: string, path: string, known: readonly string[]): InputError {
  return {
    path: `${path}/${pointerPart(name)}`,
    message: `there is no such field; ${didYouMean(name, known, "none is taken")}`,
  };
}

function fieldsAt(contract: Contract, path: string): readonly string[] {
  let type: Type | undefined;
  for (const [index, part] of path.slice(1).split("/").entries()) {
    if (index === 0) type = contract.inputs.get(part);
    else if (type?.kind === "list") type = type.item;
    else if (type?.kind === "record") type = type.fields[part];
  }
  return type?.kind === "record" ? Object.keys(type.fields) : [];
}

function typeWords(type: unknown): string {
  const types = (Array.isArray(type) ? type : String(type).split(","))
    .map(String)
    .filter((each, _, all) => all.length === 1 || each !== "string");
  return types
    .map((each) =>
      each === "integer"
        ? "a whole number"
        : each === "array"
          ? "a list"
          : each === "object"
            ? "a record"
            : each === "null"
              ? "null"
              : `a ${each}`,
    )
    .join(" or ");
}

function kindOf(given: Json, path: string): string {
  let value: unknown = given;
  for (const part of path.slice(1).split("/"))
    value =
      typeof value === "object" && value !== null
        ? Reflect.get(value, part.replaceAll("~1", "/").replaceAll("~0", "~"))
        : undefined;
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a record" : `a ${typeof value}`;
}

function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
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
