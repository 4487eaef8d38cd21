/** Strict JSON: UTF-8 without errors, no number beyond a double's range. */
import { isUtf8 } from "node:buffer";
import { EkibenError } from "../errors.js";
import type { Json } from "../values/value.js";

/** The value of a JSON text. Throws `malformed-body`. */
export function parseJson(body: Uint8Array): Json {
  const text = decodeUtf8(body);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EkibenError("malformed-body", `The body is not JSON: ${placeOf(error, text)}.`);
  }
  if (body.length > 2 * mostLevels && isDeeper(value, mostLevels))
    throw new EkibenError("malformed-body", `The body is nested more than ${mostLevels} levels deep.`);
  if (mayOverflow(text) && holdsInfinity(value)) {
    throw new EkibenError(
      "malformed-body",
      'The body holds a number beyond the range of a double; write Infinity as the text "Infinity".',
    );
  }
  return value;
}

/** What reads values goes down one call a level; no model's input comes near this. */
const mostLevels = 500;

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value))
    if (typeof item === "object" && isDeeper(item, levels - 1)) return true;
  return false;
}

export function decodeUtf8(body: Uint8Array): string {
  if (!isUtf8(body)) throw new EkibenError("malformed-body", "The body is not UTF-8 text.");
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

/** Where JSON.parse stopped, without the body's own text. */
function placeOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : "";
  const position = /position (\d+)/.exec(message)?.[1];
  if (text.startsWith("\ufeff")) return "it begins with a byte order mark, which JSON does not have";
  if (position !== undefined) return `something is wrong at character ${position}`;
  return /end of JSON/i.test(message) ? "it ends too early" : "it is malformed";
}

/** Only an exponent, or very many digits, can go beyond a double. */
function mayOverflow(text: string): boolean {
  return /\d[eE]\+?\d{3}/.test(text) || /\d{300}/.test(text);
}

function holdsInfinity(value: Json): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsInfinity);
}
