/** Every built-in step, in the order of the reference. To add one: a file in its namespace, a line in the namespace's index. */
import { classifySteps } from "./classify/index.js";
import { embeddingSteps } from "./embedding/index.js";
import { flowSteps } from "./flow/index.js";
import { imageSteps } from "./image/index.js";
import type { Step } from "./step.js";
import { tensorSteps } from "./tensor/index.js";
import { textSteps } from "./text/index.js";

export const steps: readonly Step[] = [
  ...textSteps,
  ...embeddingSteps,
  ...imageSteps,
  ...classifySteps,
  ...tensorSteps,
  ...flowSteps,
];

const byName = new Map(steps.map((step) => [step.name, step]));

export function findStep(name: string): Step | undefined {
  return byName.get(name);
}
