/**
 * Pillow's antialiased resampling, to the bit: one pass for the rows and one for the columns, with coefficients in fixed
 * point and results rounded to 8 bits after each (https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c).
 */
import { Image } from "../../../values/value.js";
import { type Filter, type FilterName, filters } from "./filters.js";
import { checkEdges } from "./image-size.js";
import { premultiply, unpremultiply } from "./premultiply.js";

/** The image in another size. RGBA is resampled with premultiplied alpha. */
export function resample(image: Image, width: number, height: number, filter: FilterName): Image {
  if (width === image.width && height === image.height) return image;
  checkEdges(image.width, image.height);
  checkEdges(width, height);
  const pixels = image.channels === 4 ? premultiply(image.data) : image.data;
  const resized = resamplePixels({ ...sizes(image), data: pixels }, width, height, filters[filter]);
  const data = image.channels === 4 ? unpremultiply(resized) : resized;
  return new Image(width, height, image.channels, data);
}

/** The image in another size, each pixel the nearest of the original. */
export function resampleNearest(image: Image, width: number, height: number): Image {
  const { channels } = image;
  const columns = nearest(image.width, width);
  const rows = nearest(image.height, height);
  const out = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (rows[y] ?? 0) * image.width;
    for (let x = 0; x < width; x++) {
      const from = (row + (columns[x] ?? 0)) * channels;
      for (let c = 0; c < channels; c++) out[to++] = image.data[from + c] ?? 0;
    }
  }
  return new Image(width, height, channels, out);
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

function sizes({ width, height, channels }: Image): Omit<Pixels, "data"> {
  return { width, height, channels };
}

function resamplePixels(source: Pixels, width: number, height: number, filter: Filter): Uint8Array {
  const rows = (pixels: Pixels) =>
    width === pixels.width ? pixels : resampleRows(pixels, coefficients(pixels.width, width, filter), width);
  const columns = (pixels: Pixels) =>
    height === pixels.height ? pixels : resampleColumns(pixels, coefficients(pixels.height, height, filter), height);
  return (columnsFirst(source, width, height) ? rows(columns(source)) : columns(rows(source))).data;
}

/**
 * Which pass is first shows in the rounding. Pillow begins with the columns, from 13.0 on, where much more height than
 * width is taken away (https://github.com/python-pillow/Pillow/pull/9549).
 */
function columnsFirst(source: Pixels, width: number, height: number): boolean {
  return height < source.height && source.height - height > 2 * (source.width - width);
}

/** For each pixel of the result: where its window in the source begins, how long it is, and the weights in it. */
interface Coefficients {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  /** Weights of one pixel lie this far from those of the next. */
  readonly stride: number;
}

const precisionBits = 32 - 8 - 2;

function coefficients(sourceSize: number, size: number, filter: Filter): Coefficients {
  const scale = sourceSize / size;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(size);
  const counts = new Int32Array(size);
  const weights = new Int32Array(size * stride);
  for (let i = 0; i < size; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(sourceSize, Math.trunc(center + support + 0.5)) - start;
    starts[i] = start;
    counts[i] = count;
    const exact = Array.from({ length: count }, (_, k) => filter.weight((k + start - center + 0.5) * (1 / stretch)));
    weights.set(fixedPoint(exact), i * stride);
  }
  return { starts, counts, weights, stride };
}

/** Weights whose sum is 1, as integers of 22 fractional bits, halves away from zero. */
function fixedPoint(weights: readonly number[]): number[] {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return weights.map((weight) => {
    const exact = (sum === 0 ? weight : weight / sum) * (1 << precisionBits);
    return Math.trunc(exact < 0 ? exact - 0.5 : exact + 0.5);
  });
}

function resampleRows(source: Pixels, { starts, counts, weights, stride }: Coefficients, width: number): Pixels {
  const { height, channels, data } = source;
  const out = new Uint8ClampedArray(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = y * source.width * channels;
    for (let x = 0; x < width; x++) {
      const first = row + (starts[x] ?? 0) * channels;
      const count = counts[x] ?? 0;
      const at = x * stride;
      for (let c = 0; c < channels; c++) {
        let sum = 1 << (precisionBits - 1);
        for (let k = 0, from = first + c; k < count; k++, from += channels) {
          sum += (data[from] ?? 0) * (weights[at + k] ?? 0);
        }
        out[to++] = sum >> precisionBits;
      }
    }
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) };
}

/** Row by row, so that memory is read in its order. */
function resampleColumns(source: Pixels, { starts, counts, weights, stride }: Coefficients, height: number): Pixels {
  const { width, channels, data } = source;
  const length = width * channels;
  const out = new Uint8ClampedArray(length * height);
  const sums = new Int32Array(length);
  for (let y = 0; y < height; y++) {
    sums.fill(1 << (precisionBits - 1));
    const start = starts[y] ?? 0;
    const count = counts[y] ?? 0;
    for (let k = 0; k < count; k++) {
      const weight = weights[y * stride + k] ?? 0;
      const from = (start + k) * length;
      for (let i = 0; i < length; i++) sums[i] = (sums[i] ?? 0) + (data[from + i] ?? 0) * weight;
    }
    const to = y * length;
    for (let i = 0; i < length; i++) out[to + i] = (sums[i] ?? 0) >> precisionBits;
  }
  return { width, height, channels, data: new Uint8Array(out.buffer) };
}

/** The source's pixel for each of the result's; the position is summed up step by step, as Pillow does. */
function nearest(sourceSize: number, size: number): Int32Array {
  const scale = sourceSize / size;
  const found = new Int32Array(size);
  let position = scale * 0.5;
  for (let i = 0; i < size; i++, position += scale) found[i] = Math.min(sourceSize - 1, Math.trunc(position));
  return found;
}
