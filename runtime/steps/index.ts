/**
 * Every built-in step, in the order of the reference. A namespace is loaded when one of its steps is asked for: a service
 * that only reads texts loads nothing of pictures. To add a step: a file in its namespace, a line in the namespace's index.
 */
import { lazy } from "../lazy.js";
import type { Step } from "./step.js";

interface Namespace {
  readonly name: string;
  readonly steps: () => readonly Step[];
}

const namespaces: readonly Namespace[] = [
  { name: "text", steps: () => (require("./text/index.js") as typeof import("./text/index.js")).textSteps },
  {
    name: "embedding",
    steps: () => (require("./embedding/index.js") as typeof import("./embedding/index.js")).embeddingSteps,
  },
  { name: "image", steps: () => (require("./image/index.js") as typeof import("./image/index.js")).imageSteps },
  {
    name: "classify",
    steps: () => (require("./classify/index.js") as typeof import("./classify/index.js")).classifySteps,
  },
  { name: "tensor", steps: () => (require("./tensor/index.js") as typeof import("./tensor/index.js")).tensorSteps },
  { name: "flow", steps: () => (require("./flow/index.js") as typeof import("./flow/index.js")).flowSteps },
];

/** All of them. */
export const allSteps = lazy((): readonly Step[] => namespaces.flatMap((namespace) => namespace.steps()));

export function findStep(name: string): Step | undefined {
  const dot = name.indexOf(".");
  const namespace = namespaces.find((each) => each.name === name.slice(0, dot));
  return namespace?.steps().find((step) => step.name === name);
}
