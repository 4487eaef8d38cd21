/** image.resize: an image in another size, antialiased as Pillow does it. */
import type { Type } from "../../types/type.js";
import type { Image } from "../../values/value.js";
import { defineStep, type KernelArgs, type StepTyping } from "../step.js";
import { checkSize } from "./support/image-size.js";
import { imageArgument, sizeLiteral } from "./support/image-type.js";
import { resample, resampleNearest } from "./support/resample.js";

const args = {
  image: { type: "image", description: "The image." },
  size: {
    type: "list<integer>",
    minItems: 2,
    maxItems: 2,
    minimum: 1,
    optional: true,
    description: "Width and height.",
  },
  shortest_edge: { type: "integer", minimum: 1, optional: true, description: "The length of the shorter edge." },
  longest_edge: { type: "integer", minimum: 1, optional: true, description: "The length of the longer edge." },
  filter: {
    type: "string",
    enum: ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"],
    default: "bilinear",
    description: "How pixels are made of others.",
  },
} as const;

type ResizeArgs = KernelArgs<typeof args>;

export const resize = defineStep({
  name: "image.resize",
  summary: "Resizes an image.",
  equals: "Pillow's Image.resize",
  result: "image",
  details: `The filters are Pillow's, which smooth when an image gets smaller; results are equal to the bit. An image with
transparency is resized with its colours multiplied by alpha.

With \`shortest_edge\` or \`longest_edge\` the aspect is kept: the other edge is \`floor(edge * other / this)\`, at least 1, as
torchvision has it.`,
  args,
  oneOf: [["size", "shortest_edge", "longest_edge"]],
  examples: [
    {
      title: "Four pixels, of which the filter makes one.",
      with: {
        image: {
          width: 2,
          height: 2,
          pixels: [
            [[0], [100]],
            [[100], [200]],
          ],
        },
        size: [1, 1],
      },
      result: { width: 1, height: 1, pixels: [[[100]]] },
    },
  ],
  typeRule,
  kernel(given) {
    const { image, filter } = given;
    const [width, height] = sizeFor(given);
    checkSize(width, height);
    return filter === "nearest" ? resampleNearest(image, width, height) : resample(image, width, height, filter);
  },
  work(given) {
    const [width, height] = sizeFor(given);
    return (given.image.width * given.image.height + width * height) * given.image.channels;
  },
});

function typeRule(typing: StepTyping): Type {
  const [width, height] = sizeLiteral(typing, "size");
  return { ...imageArgument(typing), width, height };
}

function sizeFor({ image, size, shortest_edge, longest_edge }: ResizeArgs): readonly [number, number] {
  if (size !== undefined) return [size[0] ?? 0, size[1] ?? 0];
  if (shortest_edge !== undefined) return edgeTo(image, shortest_edge, Math.min(image.width, image.height));
  if (longest_edge !== undefined) return edgeTo(image, longest_edge, Math.max(image.width, image.height));
  return [image.width, image.height];
}

/** The size in which the edge of length `current` is as long as `wanted`. */
function edgeTo({ width, height }: Image, wanted: number, current: number): readonly [number, number] {
  const scaled = (edge: number) => (edge === current ? wanted : Math.max(1, Math.trunc((wanted * edge) / current)));
  return [scaled(width), scaled(height)];
}
