/** The steps of `classify`, in the order of the reference. */
import type { Step } from "../step.js";
import { classifyThreshold } from "./threshold.js";
import { classifyTopK } from "./top-k.js";

export const classifySteps: readonly Step[] = [classifyTopK, classifyThreshold];
