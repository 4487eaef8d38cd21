/** How a value is written where a template has a hole for it. */
import { assertNever, invalidInput } from "../../../errors.js";
import { describeValue } from "../../../values/describe.js";
import { tensorToNested } from "../../../values/nested.js";
import { Image, isList, isTensor, type Json, type Value } from "../../../values/value.js";

export type Escaping = "json" | "html" | "none";

/** The value as text: texts as they are and other values as JSON, then escaped; with `json` texts are JSON as well. */
export function writeValue(value: Value, escaping: Escaping): string {
  switch (escaping) {
    case "json":
      return JSON.stringify(jsonOf(value));
    case "html":
      return plainText(value).replace(/[&<>"']/g, (character) => entities[character] ?? character);
    case "none":
      return plainText(value);
    default:
      return assertNever(escaping);
  }
}

const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function plainText(value: Value): string {
  return typeof value === "string" || typeof value === "bigint" ? String(value) : JSON.stringify(jsonOf(value));
}

/** The value as an answer's JSON would have it: NaN and the infinities, and integers beyond 2^53, are strings. */
function jsonOf(value: Value): Json {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value !== "object") return value;
  if (isTensor(value)) return tensorToNested(value);
  if (value instanceof Uint8Array || value instanceof Image) {
    throw invalidInput(`A template cannot write ${describeValue(value)}. Take it out of its hole.`);
  }
  if (isItems(value)) return value.map(jsonOf);
  const fields = Object.entries(value).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, jsonOf(field)]));
}

function isItems(value: Value): value is readonly Value[] {
  return isList(value);
}
