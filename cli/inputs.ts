/** Inputs from the command line: `name=value`, `name=@file`, or one JSON document from stdin. */
import { readFileSync } from "node:fs";
import type { PlanGraph } from "../runtime/plan/plan.js";
import type { Given, GivenInputs } from "../runtime/protocols/inputs.js";
import { parseJson } from "../runtime/protocols/json-body.js";
import { parseNpy } from "../runtime/protocols/npy.js";
import { didYouMean } from "../runtime/suggest.js";
import { knownType } from "../runtime/types/parse.js";
import type { Type } from "../runtime/types/type.js";
import { Failure } from "./failure.js";

/** `words` are the values of `--input`; `-` among them reads stdin. */
export async function inputsFrom(words: readonly string[], graph: PlanGraph): Promise<GivenInputs> {
  const given: [string, Given][] = [];
  for (const word of words) {
    if (word === "-") {
      given.push(...Object.entries(await fromStdin(graph)));
      continue;
    }
    const equals = word.indexOf("=");
    if (equals < 1) throw new Failure(2, `"${word}" is no input`, "write --input name=value, or name=@file");
    const name = word.slice(0, equals);
    const input = Object.hasOwn(graph.inputs, name) ? graph.inputs[name] : undefined;
    if (input === undefined)
      throw new Failure(1, `the graph has no input "${name}"`, didYouMean(name, Object.keys(graph.inputs)));
    const text = word.slice(equals + 1);
    const type = knownType(input.type);
    given.push([name, text.startsWith("@") ? fromFile(text.slice(1), type) : fromText(text, type)]);
  }
  return Object.fromEntries(given);
}

async function fromStdin(graph: PlanGraph): Promise<GivenInputs> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  const value = parseJson(Buffer.concat(chunks));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as GivenInputs;
  const [only, second] = Object.keys(graph.inputs);
  if (only !== undefined && second === undefined) return { [only]: value };
  throw new Failure(
    1,
    "what stdin gave is no object of inputs",
    `the graph takes ${Object.keys(graph.inputs).join(", ")}`,
  );
}

const media = ["image", "audio", "file", "bytes"];

/** A string as it is; anything else as JSON. */
function fromText(text: string, type: Type): Given {
  if (type.kind === "string" || media.includes(type.kind)) return text;
  try {
    return parseJson(Buffer.from(text, "utf8"));
  } catch {
    return text;
  }
}

function fromFile(file: string, type: Type): Given {
  const bytes = readInputFile(file);
  if (media.includes(type.kind)) return bytes;
  if (type.kind === "string") return bytes.toString("utf8");
  if (type.kind === "tensor" && bytes.subarray(1, 6).toString("latin1") === "NUMPY") return parseNpy(bytes);
  return parseJson(bytes);
}

export function readInputFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new Failure(1, `there is no file "${file}" that can be read`, "paths are relative to the current folder");
  }
}
