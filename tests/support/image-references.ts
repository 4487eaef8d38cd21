/** What the references of images have in common. */
import { Image, Tensor, type Value } from "../../runtime/values/value.js";
import type { ReferenceCase } from "./reference.js";

/** The picture of a case, by its path relative to `tests/references/steps/`. */
export function fileOf(each: ReferenceCase): string {
  return String(each.inputs["file"]);
}

/** Cases for `test.each`, with their names. */
export function named(cases: readonly ReferenceCase[]): (readonly [string, ReferenceCase])[] {
  return cases.map((each) => [each.name, each] as const);
}

/** An image in the form of a reference's `expected`; a gray one has no dimension for its channel there. */
export function pixelsOf(value: Value | undefined): Value {
  if (!(value instanceof Image)) throw new Error("an image is expected");
  const { width, height, channels, data } = value;
  return {
    width,
    height,
    pixels: new Tensor("uint8", channels === 1 ? [height, width] : [height, width, channels], data),
  };
}
