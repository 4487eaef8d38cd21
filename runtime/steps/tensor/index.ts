import type { Step } from "../step.js";

export const tensorSteps: readonly Step[] = [];
