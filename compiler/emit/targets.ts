/** Every target that `compile` can write, and those that it cannot yet. */
import { composeTarget } from "./compose-target.js";
import type { Target } from "./emitted-file.js";
import { serviceTarget } from "./service-target.js";

export const targets: readonly Target[] = [serviceTarget, composeTarget];

export const laterTargets: readonly string[] = ["kubernetes", "kserve", "seldon", "knative", "lambda"];
