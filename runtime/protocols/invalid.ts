/** An `invalid-input` error from all places that are wrong; its sentence names the first. */
import { EkibenError, type InputError } from "../errors.js";

export function invalid(errors: readonly InputError[]): EkibenError {
  const [first] = errors;
  const where = first === undefined || first.path === "" ? "" : `${first.path}: `;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new EkibenError("invalid-input", `${where}${first?.message ?? "the input is wrong"}${more}`, { errors });
}

/** A name as a part of a JSON Pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
