/** The steps of `embedding`, in the order of the reference. */
import type { Step } from "../step.js";
import { embeddingPool } from "./pool.js";
import { embeddingSimilarity } from "./similarity.js";

export const embeddingSteps: readonly Step[] = [embeddingPool, embeddingSimilarity];
