/** Every rule, in the order in which their findings are clearest. */
import { distinctRoutes } from "./distinct-routes.js";
import { examplesFit } from "./examples-fit.js";
import { inputConstraints } from "./input-constraints.js";
import { knownFiles } from "./known-files.js";
import { knownGraphs } from "./known-graphs.js";
import { noUnusedFiles, noUnusedGraphs, noUnusedModels, noUnusedSteps } from "./no-unused.js";
import type { Rule } from "./rule.js";

export const rules: readonly Rule[] = [
  inputConstraints,
  knownGraphs,
  knownFiles,
  distinctRoutes,
  examplesFit,
  noUnusedModels,
  noUnusedGraphs,
  noUnusedSteps,
  noUnusedFiles,
];
