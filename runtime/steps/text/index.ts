import type { Step } from "../step.js";

export const textSteps: readonly Step[] = [];
