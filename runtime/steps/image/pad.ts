/** image.pad: an image with a border, or fitted into a size with bars at two sides. */
import type { Dim, Type } from "../../types/type.js";
import { roundHalfEven } from "../../values/float16.js";
import { type Geometry, Image } from "../../values/value.js";
import { defineStep, type KernelArgs, type StepTyping } from "../step.js";
import { checkSize } from "./support/image-size.js";
import { imageArgument, sizeLiteral } from "./support/image-type.js";
import { padArgs as args } from "./support/pad-args.js";
import { resample, resampleNearest } from "./support/resample.js";
import { constant, type Outside, windowOf } from "./support/window.js";

type PadArgs = KernelArgs<typeof args>;

export const pad = defineStep({
  name: "image.pad",
  summary: "Puts a border around an image, or fits it into a size with bars at two sides.",
  equals: "NumPy's pad, Pillow's ImageOps.pad",
  result: "image, with its geometry",
  details: `With \`left\`, \`top\`, \`right\` and \`bottom\` the image keeps its size and gets a border: of \`value\`, of the pixels at its
edge, or of its mirror image (\`reflect\` without the edge's own pixels, \`symmetric\` with them).

With \`letterbox\` it is resized to the greatest size that fits, its aspect kept, and put in the middle. The result knows its
geometry, the scale and where the original lies, so that \`vision.boxes\` can give boxes in the original's pixels.`,
  args,
  examples: [
    {
      title: "A border on the left.",
      with: { image: { width: 2, height: 1, pixels: [[[1], [2]]] }, left: 1, value: 9 },
      result: { width: 3, height: 1, pixels: [[[9], [1], [2]]] },
    },
  ],
  typeRule,
  kernel(given) {
    return given.letterbox === undefined ? border(given) : letterbox(given, given.letterbox);
  },
  work({ image, left, top, right, bottom, letterbox: size }) {
    const [width = image.width + left + right, height = image.height + top + bottom] = size ?? [];
    return (image.width * image.height + width * height) * image.channels;
  },
});

function typeRule(typing: StepTyping): Type {
  const image = imageArgument(typing);
  if (typing.type("letterbox") !== undefined) {
    const given = (["left", "top", "right", "bottom"] as const).find((side) => typing.literal(side) !== 0);
    if (given !== undefined) {
      return typing.fail(given, "bad-argument", `"${given}" does not go with "letterbox"`, "leave one of them out");
    }
    const [width, height] = sizeLiteral(typing, "letterbox");
    return { ...image, width, height };
  }
  const width = widened(image.width, typing.literal("left"), typing.literal("right"));
  return { ...image, width, height: widened(image.height, typing.literal("top"), typing.literal("bottom")) };
}

function widened(size: Dim, before: unknown, after: unknown): Dim {
  return typeof size === "number" && typeof before === "number" && typeof after === "number"
    ? before + size + after
    : null;
}

function border({ image, left, top, right, bottom, mode, value }: PadArgs): Image {
  const width = image.width + left + right;
  const height = image.height + top + bottom;
  checkSize(width, height);
  const padded = windowOf(image, { left: -left, top: -top, width, height }, value, outsides[mode]);
  return withGeometry(padded, {
    scale: 1,
    left,
    top,
    width: image.width,
    height: image.height,
    original: sizeOf(image),
  });
}

/** Where the border's pixels come from, as NumPy's modes of the same names have it. */
const outsides: { readonly [mode in PadArgs["mode"]]: Outside } = {
  constant,
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  reflect: (at, size) => (size === 1 ? 0 : mirrored(at, 2 * (size - 1), size, 0)),
  symmetric: (at, size) => mirrored(at, 2 * size, size, 1),
};

/** `period` is that of the mirror's pattern, `repeated` 1 where the edge stands twice. */
function mirrored(at: number, period: number, size: number, repeated: 0 | 1): number {
  const position = ((at % period) + period) % period;
  return position < size ? position : period - repeated - position;
}

function letterbox({ image, filter, value }: PadArgs, [width = 0, height = 0]: readonly number[]): Image {
  checkSize(width, height);
  const [fitWidth, fitHeight] = fitted(image, width, height);
  const fit =
    filter === "nearest" ? resampleNearest(image, fitWidth, fitHeight) : resample(image, fitWidth, fitHeight, filter);
  const left = roundHalfEven((width - fitWidth) / 2);
  const top = roundHalfEven((height - fitHeight) / 2);
  const padded = windowOf(fit, { left: -left, top: -top, width, height }, value, constant);
  const scale = Math.min(width / image.width, height / image.height);
  return withGeometry(padded, { scale, left, top, width: fitWidth, height: fitHeight, original: sizeOf(image) });
}

/** The greatest size of the image's aspect in this one; the edge that gives way is rounded as Python rounds. */
function fitted(image: Image, width: number, height: number): readonly [number, number] {
  const aspect = image.width / image.height;
  if (aspect > width / height) return [width, Math.max(1, roundHalfEven((image.height / image.width) * width))];
  if (aspect < width / height) return [Math.max(1, roundHalfEven(aspect * height)), height];
  return [width, height];
}

function sizeOf({ width, height }: Image): Geometry["original"] {
  return { width, height };
}

function withGeometry({ width, height, channels, data }: Image, geometry: Geometry): Image {
  return new Image(width, height, channels, data, geometry);
}
