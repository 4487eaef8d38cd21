import type { Step } from "../step.js";

export const embeddingSteps: readonly Step[] = [];
