/** A part of an image, or more than it: the frame that cropping and padding look through. */
import { Image } from "../../../values/value.js";

/** `left` and `top` may be negative and the size may exceed the image's. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For a coordinate outside of the image: the one whose pixel stands there, or -1 for the filling value. */
export type Outside = (coordinate: number, size: number) => number;

export const constant: Outside = () => -1;

/** What the frame shows of the image; `value` fills what is outside where `outside` gives -1. */
export function windowOf(image: Image, frame: Frame, value: number, outside: Outside): Image {
  const { channels, data } = image;
  const columns = sources(frame.left, frame.width, image.width, outside);
  const rows = sources(frame.top, frame.height, image.height, outside);
  const out = new Uint8Array(frame.width * frame.height * channels);
  if (value !== 0) out.fill(value);
  for (const [y, row] of rows.entries()) {
    if (row < 0) continue;
    let to = y * frame.width * channels;
    for (const column of columns) {
      const from = (row * image.width + column) * channels;
      if (column >= 0) for (let c = 0; c < channels; c++) out[to + c] = data[from + c] ?? 0;
      to += channels;
    }
  }
  return new Image(frame.width, frame.height, channels, out);
}

function sources(start: number, length: number, size: number, outside: Outside): Int32Array {
  return Int32Array.from({ length }, (_, i) => {
    const coordinate = start + i;
    return coordinate >= 0 && coordinate < size ? coordinate : outside(coordinate, size);
  });
}
