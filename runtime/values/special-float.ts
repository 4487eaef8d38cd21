/** The floats that JSON has no numbers for, and the strings that stand for them. */

export type SpecialFloat = "NaN" | "Infinity" | "-Infinity";

/** Whether a value is one of the strings that stand for NaN and the infinities. */
export function isSpecialFloat(value: unknown): value is SpecialFloat {
  return value === "NaN" || value === "Infinity" || value === "-Infinity";
}

/** A float as JSON: its number, or the string that stands for it. */
export function floatToJson(value: number): number | SpecialFloat {
  if (value - value === 0) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
