/** The steps of the namespace `image`, in the order of the reference. */
import type { Step } from "../step.js";
import { crop } from "./crop.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { pad } from "./pad.js";
import { resize } from "./resize.js";
import { toTensor } from "./to-tensor.js";

export const imageSteps: readonly Step[] = [decode, resize, crop, pad, toTensor, encode];
