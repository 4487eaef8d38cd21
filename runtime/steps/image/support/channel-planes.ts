/** Which bytes of an image make each channel of a tensor. */
import type { Image } from "../../../values/value.js";
import { convertMode } from "./convert-mode.js";

export type Channels = "rgb" | "bgr" | "gray";

/** A channel: every `stride`th byte from `offset` on. */
export interface Plane {
  readonly source: Uint8Array;
  readonly offset: number;
  readonly stride: number;
}

/** The channels of the image, or those asked for; transparency is ignored unless the image is taken as it is. */
export function channelPlanes(image: Image, channels: Channels | undefined): readonly Plane[] {
  const { data, channels: count } = image;
  const planes = (source: Uint8Array, stride: number, offsets: readonly number[]) =>
    offsets.map((offset) => ({ source, offset, stride }));
  if (channels === undefined) return planes(data, count, [0, 1, 2, 3].slice(0, count));
  if (channels === "gray") return planes(grayOf(image), 1, [0]);
  if (count === 1) return planes(data, 1, [0, 0, 0]);
  return planes(data, count, channels === "rgb" ? [0, 1, 2] : [2, 1, 0]);
}

function grayOf(image: Image): Uint8Array {
  return convertMode(image, { mode: "gray", alpha: "drop", background: [255, 255, 255] }).data;
}
