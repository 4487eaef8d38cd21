/** The shape of numbers and lists as they are written out, which their type alone does not say. */
import type { Json } from "../../runtime/values/value.js";

/** The lengths from the outside in; `ragged` where lists beside each other differ; undefined for anything but plain values. */
export function literalShape(value: Json | undefined): readonly number[] | "ragged" | undefined {
  if (!Array.isArray(value)) return isPlain(value) ? [] : undefined;
  const items: readonly Json[] = value;
  const shapes = items.map(literalShape);
  const first = shapes[0];
  if (first === undefined) return items.length === 0 ? [0] : undefined;
  if (shapes.some((shape) => shape === undefined)) return undefined;
  const isEven = first !== "ragged" && shapes.every((shape) => String(shape) === String(first));
  return isEven ? [items.length, ...first] : "ragged";
}

function isPlain(value: Json | undefined): boolean {
  if (typeof value === "string") return !value.startsWith("$") || value.startsWith("$$");
  return typeof value === "number" || typeof value === "boolean";
}
