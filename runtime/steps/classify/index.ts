import type { Step } from "../step.js";

export const classifySteps: readonly Step[] = [];
