/** The steps of the namespace `text`, in the order of the reference. */
import type { Step } from "../step.js";
import { chunk } from "./chunk.js";
import { detokenize } from "./detokenize.js";
import { join } from "./join.js";
import { normalize } from "./normalize.js";
import { rankSentences } from "./rank-sentences.js";
import { replace } from "./replace.js";
import { sentences } from "./sentences.js";
import { template } from "./template.js";
import { tokenize } from "./tokenize.js";

export const textSteps: readonly Step[] = [
  sentences,
  chunk,
  join,
  template,
  replace,
  normalize,
  tokenize,
  detokenize,
  rankSentences,
];
