/**
 * Runs the examples of a step's reference page. Files are read: a tokenizer by its path, a picture written as
 * `{ file }`. An image is written as `{ width, height, pixels }`, bytes in base64, a tensor as nested lists in a result.
 */
import type { GivenArguments } from "../../runtime/steps/bind-arguments.js";
import type { ArgType, ArgumentValue, Step, StepExample } from "../../runtime/steps/step.js";
import { tensorToNested } from "../../runtime/values/nested.js";
import { Image, isList, isRecord, isTensor, type Json, type Value } from "../../runtime/values/value.js";
import { imageOf, imageToJson, pictureBytes } from "./images.js";
import { decodeReference } from "./reference.js";
import { runStep } from "./run-step.js";
import type { Tokenizers } from "./tokenizers.js";

/** The result that an example gives, as JSON. */
export async function runExample(step: Step, example: StepExample, load: Tokenizers): Promise<Json> {
  const given: { -readonly [name in keyof GivenArguments]: GivenArguments[name] } = {};
  for (const [name, json] of Object.entries(example.with))
    given[name] = await argument(step.args[name]?.type, json, load);
  return toJson((await runStep(step.name, given)) ?? null);
}

async function argument(type: ArgType | undefined, json: Json, load: Tokenizers): Promise<ArgumentValue> {
  if (type === "tokenizer") return load(String(json));
  if (type !== "image" && type !== "media") return decodeReference(json);
  const { file, pixels } = json as { readonly file?: string; readonly pixels?: readonly (readonly number[][])[] };
  return file === undefined ? imageOf(pixels ?? []) : pictureBytes(file);
}

/** A value as an example's result writes it. */
export function toJson(value: Value): Json {
  if (isTensor(value)) return tensorToNested(value);
  if (value instanceof Image) return imageToJson(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (isList(value)) return value.map(toJson);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each ?? null)]));
  return typeof value === "bigint" ? String(value) : value;
}
