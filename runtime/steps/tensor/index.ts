/** The steps of `tensor`, in the order of the reference. */
import type { Step } from "../step.js";
import { argmax } from "./argmax.js";
import { argmin } from "./argmin.js";
import { cast } from "./cast.js";
import { clip } from "./clip.js";
import { concat } from "./concat.js";
import { gather } from "./gather.js";
import { math } from "./math.js";
import { matmul } from "./matmul.js";
import { max } from "./max.js";
import { mean } from "./mean.js";
import { min } from "./min.js";
import { norm } from "./norm.js";
import { pad } from "./pad.js";
import { prod } from "./prod.js";
import { reshape } from "./reshape.js";
import { sigmoid } from "./sigmoid.js";
import { slice } from "./slice.js";
import { softmax } from "./softmax.js";
import { stack } from "./stack.js";
import { sum } from "./sum.js";
import { topK } from "./top-k.js";
import { transpose } from "./transpose.js";
import { where } from "./where.js";

export const tensorSteps: readonly Step[] = [
  cast,
  reshape,
  transpose,
  concat,
  stack,
  slice,
  gather,
  pad,
  clip,
  softmax,
  sigmoid,
  argmax,
  argmin,
  topK,
  mean,
  sum,
  min,
  max,
  prod,
  norm,
  matmul,
  where,
  math,
];
