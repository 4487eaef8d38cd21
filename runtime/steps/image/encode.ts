/** image.encode: pixels to the bytes of a picture. */
import { bytesType } from "../../types/type.js";
import { defineStep } from "../step.js";
import { convertMode } from "./support/convert-mode.js";
import { encodeImage } from "./support/libvips.js";

export const encode = defineStep({
  name: "image.encode",
  summary: "Encodes an image as a PNG, JPEG or WebP file.",
  result: "bytes",
  details: `PNG keeps every pixel. JPEG has no transparency: it is ignored, and the colours under it show. The file holds no metadata.`,
  args: {
    image: { type: "image", description: "The image." },
    format: { type: "string", enum: ["png", "jpeg", "webp"], default: "png", description: "The file's format." },
    quality: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      default: 85,
      description: "The quality of JPEG and WebP, from 1 to 100.",
    },
  },
  examples: [
    {
      title: "A PNG of one gray pixel, in base64.",
      with: { image: { width: 1, height: 1, pixels: [[[7]]] } },
      result:
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAACklEQVQImWNgBwAACQAInP0DWwAAAABJRU5ErkJggg==",
    },
  ],
  typeRule: () => bytesType,
  kernel({ image, format, quality }) {
    const opaque = { mode: "rgb", alpha: "drop", background: [0, 0, 0] } as const;
    const isTransparent = image.channels === 4;
    return encodeImage(format === "jpeg" && isTransparent ? convertMode(image, opaque) : image, format, quality);
  },
});
