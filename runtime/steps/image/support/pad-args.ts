/** The arguments of `image.pad`. */
import type { ArgTable } from "../../step.js";

const pixels = { type: "integer", minimum: 0, maximum: 65_536, default: 0 } as const;

export const padArgs = {
  image: { type: "image", description: "The image." },
  left: { ...pixels, description: "Pixels added at the left." },
  top: { ...pixels, description: "Pixels added at the top." },
  right: { ...pixels, description: "Pixels added at the right." },
  bottom: { ...pixels, description: "Pixels added at the bottom." },
  letterbox: {
    type: "list<integer>",
    minItems: 2,
    maxItems: 2,
    minimum: 1,
    optional: true,
    description: "Width and height that the image is fitted into, instead of a border of its own.",
  },
  mode: {
    type: "string",
    enum: ["constant", "edge", "reflect", "symmetric"],
    default: "constant",
    description: "What the border is made of; bars of a letterbox are always constant.",
  },
  value: {
    type: "integer",
    minimum: 0,
    maximum: 255,
    default: 0,
    description: "The value of every channel in a constant border.",
  },
  filter: {
    type: "string",
    enum: ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"],
    default: "bilinear",
    description: "How a letterboxed image is resized.",
  },
} as const satisfies ArgTable;
