/** image.to_tensor: pixels to the numbers that a model takes. */
import { type Dim, type Type, tensorOf } from "../../types/type.js";
import { allocate, isDType, type NumericData } from "../../values/dtype.js";
import { Tensor } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";
import { channelPlanes, type Plane } from "./support/channel-planes.js";
import { imageArgument } from "./support/image-type.js";
import { pixelTables } from "./support/pixel-tables.js";

export const toTensor = defineStep({
  name: "image.to_tensor",
  summary: "Turns pixels into the tensor that a model takes.",
  equals: "torchvision's to_tensor and normalize",
  result: "T[c, h, w], or T[h, w, c]",
  details: `Each value is \`(pixel * scale - mean) / std\`. \`mean\` and \`std\` have one number for all channels, or one for each, in the
tensor's order of channels. \`scale\` is 1/255 for floating-point types, which makes 0 to 1 of the pixels, and 1 for integers.
Integers are rounded, halves to even; those that the type cannot hold are refused.

The tensor has as many channels as the image unless \`channels\` says otherwise: \`gray\` makes one as Pillow does, \`rgb\` and
\`bgr\` make three and ignore transparency. There is no dimension for the batch: a model's step adds it.`,
  args: {
    image: { type: "image", description: "The image." },
    layout: { type: "string", enum: ["CHW", "HWC"], default: "CHW", description: "The order of the dimensions." },
    dtype: {
      type: "string",
      enum: ["float32", "float16", "float64", "uint8", "int8", "int32", "int64"],
      default: "float32",
      literal: true,
      description: "The element type.",
    },
    scale: { type: "number", optional: true, description: "What each pixel's value, 0 to 255, is multiplied with." },
    mean: { type: "list<number>", minItems: 1, optional: true, description: "What is taken away after scaling." },
    std: { type: "list<number>", minItems: 1, optional: true, description: "What is divided by in the end." },
    channels: {
      type: "string",
      enum: ["rgb", "bgr", "gray"],
      optional: true,
      description: "The channels of the tensor; left out, those of the image.",
    },
  },
  examples: [
    {
      title: "Two gray pixels, from -1 to 1.",
      with: { image: { width: 2, height: 1, pixels: [[[0], [255]]] }, mean: [0.5], std: [0.5] },
      result: [[[-1, 1]]],
    },
  ],
  typeRule,
  kernel({ image, layout, dtype, scale, mean, std, channels }) {
    const planes = channelPlanes(image, channels);
    const count = planes.length;
    const pixels = image.width * image.height;
    const tables = pixelTables(count, dtype, { scale, mean, std });
    const data = allocate(dtype, pixels * count);
    for (const [c, plane] of planes.entries()) {
      const place = layout === "CHW" ? { start: c * pixels, step: 1 } : { start: c, step: count };
      writePlane(data, place, plane, pixels, tables[c] ?? []);
    }
    const shape = layout === "CHW" ? [count, image.height, image.width] : [image.height, image.width, count];
    return new Tensor(dtype, shape, data);
  },
  work: ({ image }) => image.data.length,
});

function typeRule(typing: StepTyping): Type {
  const image = imageArgument(typing);
  const channels = channelsFor(typing, image.channels);
  for (const name of ["mean", "std"] as const) {
    const numbers = typing.literal(name);
    if (!Array.isArray(numbers) || typeof channels !== "number") continue;
    if (numbers.length === 1 || numbers.length === channels) continue;
    const found = `"${name}" has ${numbers.length} numbers, the tensor has ${channels} channels`;
    return typing.fail(name, "bad-argument", found, "give one number for each channel, or one for all");
  }
  const layout = typing.literal("layout");
  const dtype = typing.literal("dtype");
  if (typeof dtype !== "string" || !isDType(dtype)) return tensorOf(null, [null, null, null]);
  if (layout === "CHW") return tensorOf(dtype, [channels, image.height, image.width]);
  if (layout === "HWC") return tensorOf(dtype, [image.height, image.width, channels]);
  return tensorOf(dtype, [null, null, null]);
}

function channelsFor(typing: StepTyping, ofImage: Dim): Dim {
  if (typing.type("channels") === undefined) return ofImage;
  const channels = typing.literal("channels");
  if (channels === "gray") return 1;
  return channels === "rgb" || channels === "bgr" ? 3 : null;
}

interface Place {
  readonly start: number;
  readonly step: number;
}

/** One channel through its table, which has the result for each of the 256 values. */
function writePlane(
  data: NumericData,
  place: Place,
  plane: Plane,
  pixels: number,
  table: ArrayLike<number | bigint>,
): void {
  const { source, offset, stride } = plane;
  for (let i = 0, from = offset, to = place.start; i < pixels; i++, from += stride, to += place.step) {
    data[to] = table[source[from] ?? 0] ?? 0;
  }
}
