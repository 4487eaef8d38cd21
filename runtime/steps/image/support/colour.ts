/** Colours as a spec writes them. */
import { invalidInput } from "../../../errors.js";
import { isList, type Value } from "../../../values/value.js";
import type { Rgb } from "./convert-mode.js";

const names: { readonly [name: string]: Rgb } = {
  white: [255, 255, 255],
  black: [0, 0, 0],
  gray: [128, 128, 128],
  red: [255, 0, 0],
  green: [0, 128, 0],
  blue: [0, 0, 255],
};

/** A colour from its name, `#rrggbb`, or three numbers from 0 to 255; undefined for anything else. */
export function readColour(value: Value): Rgb | undefined {
  if (typeof value === "string") return Object.hasOwn(names, value) ? names[value] : fromHex(value);
  if (!isList(value)) return undefined;
  const [red, green, blue] = value;
  return value.length === 3 && isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : undefined;
}

/** The colour, or the sentence that says how to write one. */
export function colourOf(argument: string, value: Value): Rgb {
  const colour = readColour(value);
  if (colour !== undefined) return colour;
  throw invalidInput(
    `"${argument}" is no colour. Write "#rrggbb", [red, green, blue], or ${Object.keys(names).join(", ")}.`,
  );
}

function fromHex(text: string): Rgb | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (match === null) return undefined;
  const [, red = "", green = "", blue = ""] = match;
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}

function isByte(value: Value | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}
