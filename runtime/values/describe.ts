/** A value in a few words, for messages: `the number 1.5`, `float32[2, 3]`, `a list of 3 items`. */
import { Image, isList, isTensor, type Value } from "./value.js";

const longestText = 40;

/** Names a value as a sentence about a wrong one does; long texts are cut, so that no message repeats a whole input. */
export function describeValue(value: Value | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (isTensor(value)) return `${value.dtype}[${value.shape.join(", ")}]`;
  if (isList(value)) return value.length === 1 ? "a list of 1 item" : `a list of ${value.length} items`;
  if (value instanceof Image) return "an image";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "string") return `the text ${JSON.stringify(cut(value))}`;
  return typeof value === "object" ? "a record" : typeof value === "boolean" ? `${value}` : `the number ${value}`;
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}
