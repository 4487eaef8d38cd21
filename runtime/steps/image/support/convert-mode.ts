/** Pictures from one set of channels to another, with Pillow's rounding. */
import { Image } from "../../../values/value.js";
import { luma } from "./luma.js";

export type Mode = "rgb" | "rgba" | "gray";
export type Rgb = readonly [red: number, green: number, blue: number];

export interface Conversion {
  readonly mode: Mode;
  /** What becomes of transparency where the mode has none: blended on the background, or ignored. */
  readonly alpha: "drop" | "blend";
  readonly background: Rgb;
}

export const channelsOf = { rgb: 3, rgba: 4, gray: 1 } as const;

/** The image in the channels of the mode; the same image where it has them already. */
export function convertMode(image: Image, { mode, alpha, background }: Conversion): Image {
  if (image.channels === channelsOf[mode]) return image;
  const opaque = image.channels === 4 && mode !== "rgba" && alpha === "blend" ? blended(image, background) : image;
  switch (mode) {
    case "gray":
      return toGray(opaque);
    case "rgb":
      return toRgb(opaque);
    case "rgba":
      return toRgba(opaque);
  }
}

/** The colours over an opaque background, as Pillow's `alpha_composite` rounds them; its alpha is left as it was. */
function blended(image: Image, background: Rgb): Image {
  const out = Uint8Array.from(image.data);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3] ?? 0;
    for (let c = 0; c < 3; c++) out[i + c] = blend(out[i + c] ?? 0, alpha, background[c] ?? 0);
  }
  return new Image(image.width, image.height, 4, out, image.geometry);
}

function blend(colour: number, alpha: number, background: number): number {
  const sum = 128 * (colour * alpha + background * (255 - alpha)) + (128 << 7);
  return (((sum >> 8) + sum) >> 8) >> 7;
}

function toGray(image: Image): Image {
  const { data, channels } = image;
  const out = new Uint8Array(image.width * image.height);
  for (let i = 0, from = 0; i < out.length; i++, from += channels) {
    out[i] = luma(data[from] ?? 0, data[from + 1] ?? 0, data[from + 2] ?? 0);
  }
  return new Image(image.width, image.height, 1, out, image.geometry);
}

function toRgb(image: Image): Image {
  const out = new Uint8Array(image.width * image.height * 3);
  copyColours(image, out, 3);
  return new Image(image.width, image.height, 3, out, image.geometry);
}

function toRgba(image: Image): Image {
  const out = new Uint8Array(image.width * image.height * 4).fill(255);
  copyColours(image, out, 4);
  return new Image(image.width, image.height, 4, out, image.geometry);
}

/** Writes red, green and blue of each pixel; a gray one has three equal ones. */
function copyColours({ data, channels }: Image, out: Uint8Array, outChannels: 3 | 4): void {
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < out.length; from += channels, to += outChannels) {
    out[to] = data[from] ?? 0;
    out[to + 1] = data[from + green] ?? 0;
    out[to + 2] = data[from + blue] ?? 0;
  }
}
