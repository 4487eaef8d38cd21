/** The steps of `flow`, in the order of the reference. */
import type { Step } from "../step.js";
import { flowFirst } from "./first.js";
import { flowMerge } from "./merge.js";
import { flowSwitch } from "./switch.js";

export const flowSteps: readonly Step[] = [flowSwitch, flowFirst, flowMerge];
