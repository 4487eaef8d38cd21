/** Bytes to pixels and back with sharp, which is libvips. The one file that imports it, when the first picture comes. */
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { invalidInput } from "../../../errors.js";
import { Image } from "../../../values/value.js";
import { imageFormat } from "./image-format.js";

type Library = typeof import("sharp");

/** A picture is decoded within this time or refused: some few bytes can stand for much work. */
const timeoutS = 30;

/**
 * Decodes a picture, turned as its EXIF says, to RGB or RGBA. Colour profiles are ignored, as Pillow ignores them. A
 * picture of more than `maxPixels`, by its header, is refused before memory for them is taken.
 */
export async function decodeImage(bytes: Uint8Array, maxPixels: number): Promise<Image> {
  const format = imageFormat(bytes);
  if (format === undefined) throw unknownFormat(bytes);
  const options: SharpOptions = { failOn: "error", pages: 1, limitInputPixels: maxPixels, ignoreIcc: true };
  const sharp: Library = require("sharp");
  const open = (limits: SharpOptions) => sharp(bytes, { ...options, ...limits }).timeout({ seconds: timeoutS });
  const metadata = await readable(format, open({ limitInputPixels: false }).metadata());
  checkPixels(metadata, maxPixels);
  const upright = open({}).autoOrient();
  if (metadata.space !== "cmyk") return readable(format, pixelsOf(upright));
  return readable(format, pixelsOfCmyk(upright));
}

/** Encodes an image; `quality` from 1 to 100 is for jpeg and webp. */
export async function encodeImage(image: Image, format: "png" | "jpeg" | "webp", quality: number): Promise<Uint8Array> {
  const sharp: Library = require("sharp");
  const { width, height, channels } = image;
  const raw = sharp(image.data, { raw: { width, height, channels }, limitInputPixels: false });
  const coloured = channels === 1 ? raw.toColourspace("b-w") : raw;
  const encoded = format === "png" ? coloured.png() : coloured[format]({ quality });
  return plainBytes(await encoded.toBuffer());
}

function unknownFormat(bytes: Uint8Array): Error {
  const found = bytes.byteLength === 0 ? "The picture is empty" : "The picture's format is unknown";
  return invalidInput(`${found}. PNG, JPEG, WebP, GIF and TIFF are taken.`);
}

function checkPixels({ width, height }: Metadata, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw invalidInput(
    `The picture has ${width} x ${height} pixels, more than the ${maxPixels} of "max_pixels". Send a smaller one.`,
  );
}

/** What the library says of broken bytes is the caller's matter. */
async function readable<T>(format: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    throw invalidInput(
      `The picture is broken or cut off: it begins as ${format}, but cannot be decoded (${reason.replace(/:$/, "")}).`,
    );
  }
}

async function pixelsOf(picture: Sharp): Promise<Image> {
  const { data, info } = await picture.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const channels = info.channels === 4 ? 4 : 3;
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels`);
  return new Image(info.width, info.height, channels, plainBytes(data));
}

/** CMYK to RGB without profiles, in Pillow's arithmetic. */
async function pixelsOfCmyk(picture: Sharp): Promise<Image> {
  const cmyk = picture.pipelineColourspace("cmyk").toColourspace("cmyk");
  const { data, info } = await cmyk.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`it has ${info.channels} channels`);
  const out = new Uint8Array(info.width * info.height * 3);
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    const light = 255 - (data[from + 3] ?? 0);
    for (let c = 0; c < 3; c++) out[to + c] = light - mulDiv255(data[from + c] ?? 0, light);
  }
  return new Image(info.width, info.height, 3, out);
}

function mulDiv255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
