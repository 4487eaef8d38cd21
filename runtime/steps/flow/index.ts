import type { Step } from "../step.js";

export const flowSteps: readonly Step[] = [];
