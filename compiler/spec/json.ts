/** Looking into JSON values whose shape is not known yet. */
import type { Json } from "../../runtime/values/value.js";
import type { Path } from "../source/path.js";

export type JsonRecord = { readonly [key: string]: Json };

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. Never looks at inherited properties. */
export function valueAtPath(value: Json | undefined, path: Path): Json | undefined {
  let current: Json | undefined = value;
  for (const part of path) {
    if (Array.isArray(current)) current = current[Number(part)];
    else if (isJsonRecord(current)) current = Object.hasOwn(current, String(part)) ? current[String(part)] : undefined;
    else return undefined;
  }
  return current;
}

/** What a value is, for a sentence: `a number`, `a list`, `the text "x"`. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "empty (null)";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `the text ${JSON.stringify(shorten(value))}`;
  return `${typeof value === "number" ? "the number" : "the value"} ${value}`;
}

export function shorten(text: string, length = 60): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
