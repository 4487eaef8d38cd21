import type { Step } from "../step.js";

export const imageSteps: readonly Step[] = [];
