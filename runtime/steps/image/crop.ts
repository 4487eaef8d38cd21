/** image.crop: a rectangle of an image. */
import { invalidInput } from "../../errors.js";
import type { Dim, Type } from "../../types/type.js";
import { roundHalfEven } from "../../values/float16.js";
import type { Json } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";
import { checkSize } from "./support/image-size.js";
import { imageArgument, sizeLiteral } from "./support/image-type.js";
import { constant, type Frame, windowOf } from "./support/window.js";

export const crop = defineStep({
  name: "image.crop",
  summary: "Cuts a rectangle out of an image.",
  equals: "Pillow's Image.crop, torchvision's center_crop",
  result: "image",
  details: `\`box\` names the edges in pixels; right and bottom are not part of the result. \`center\` is the size of a rectangle
in the middle: where an odd number of pixels is left over, their half is rounded to even. What reaches beyond the image is 0, in every channel.`,
  args: {
    image: { type: "image", description: "The image." },
    box: {
      type: "list<integer>",
      minItems: 4,
      maxItems: 4,
      optional: true,
      description: "The edges of the rectangle: left, top, right, bottom.",
    },
    center: {
      type: "list<integer>",
      minItems: 2,
      maxItems: 2,
      minimum: 1,
      optional: true,
      description: "Width and height of a rectangle in the middle.",
    },
  },
  oneOf: [["box", "center"]],
  examples: [
    {
      title: "The right column.",
      with: {
        image: {
          width: 2,
          height: 2,
          pixels: [
            [[1], [2]],
            [[3], [4]],
          ],
        },
        box: [1, 0, 2, 2],
      },
      result: { width: 1, height: 2, pixels: [[[2]], [[4]]] },
    },
  ],
  typeRule,
  kernel({ image, box, center }) {
    const frame = box === undefined ? centered(center ?? [], image) : frameOf(box);
    checkSize(frame.width, frame.height);
    return windowOf(image, frame, 0, constant);
  },
});

function typeRule(typing: StepTyping): Type {
  const box = typing.literal("box");
  if (box === undefined) {
    const [width, height] = sizeLiteral(typing, "center");
    return { ...imageArgument(typing), width, height };
  }
  const [left = null, top = null, right = null, bottom = null]: readonly Json[] = Array.isArray(box) ? box : [];
  const width = distance(left, right);
  const height = distance(top, bottom);
  if ((typeof width === "number" && width < 1) || (typeof height === "number" && height < 1)) {
    return typing.fail("box", "bad-argument", '"box" has no pixels', "write [left, top, right, bottom]");
  }
  return { ...imageArgument(typing), width, height };
}

function distance(from: Json, to: Json): Dim {
  return typeof from === "number" && typeof to === "number" ? to - from : null;
}

function frameOf([left = 0, top = 0, right = 0, bottom = 0]: readonly number[]): Frame {
  if (right > left && bottom > top) return { left, top, width: right - left, height: bottom - top };
  throw invalidInput(
    '"box" has no pixels: it is [left, top, right, bottom], and right and bottom must be the greater.',
  );
}

function centered(
  [width = 0, height = 0]: readonly number[],
  image: { readonly width: number; readonly height: number },
): Frame {
  return { left: offset(image.width, width), top: offset(image.height, height), width, height };
}

/** Where a part of `wanted` pixels begins in `size`: negative where it is larger. */
function offset(size: number, wanted: number): number {
  return wanted > size ? -Math.floor((wanted - size) / 2) : roundHalfEven((size - wanted) / 2);
}
