/** Images as tests write them. */
import { readFileSync } from "node:fs";
import { convertMode } from "../../runtime/steps/image/support/convert-mode.js";
import { decodeImage } from "../../runtime/steps/image/support/libvips.js";
import { Image, type Json } from "../../runtime/values/value.js";
import { reference } from "./paths.js";

/** The bytes of a picture, by its path relative to `tests/references/steps/`. */
export function pictureBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(reference(`steps/${file}`)));
}

/** The picture with the channels that its file has, as Pillow opens it. */
export async function openPicture(file: string): Promise<Image> {
  const image = await decodeImage(pictureBytes(file), 1e8);
  const isGray = image.channels === 3 && file.includes("grey");
  return isGray ? convertMode(image, { mode: "gray", alpha: "drop", background: [0, 0, 0] }) : image;
}

/** An image from rows of pixels, each a list of its channels. */
export function imageOf(pixels: readonly (readonly (readonly number[])[])[]): Image {
  const channels = pixels[0]?.[0]?.length;
  if (channels !== 1 && channels !== 3 && channels !== 4) throw new Error("a pixel has 1, 3 or 4 channels");
  return new Image(pixels[0]?.length ?? 0, pixels.length, channels, Uint8Array.from(pixels.flat(2)));
}

/** The image as JSON: its size, and rows of pixels. */
export function imageToJson({ width, height, channels, data }: Image): { readonly [name: string]: Json } {
  const pixel = (x: number, y: number) => [...data.slice((y * width + x) * channels, (y * width + x + 1) * channels)];
  const row = (y: number) => Array.from({ length: width }, (_, x) => pixel(x, y));
  return { width, height, pixels: Array.from({ length: height }, (_, y) => row(y)) };
}
