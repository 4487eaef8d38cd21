/** Every rule, in the order in which their findings are clearest. */

import { batchingFits } from "./batching-fits.js";
import { distinctRoutes } from "./distinct-routes.js";
import { dockerValues } from "./docker-values.js";
import { examplesFit } from "./examples-fit.js";
import { inputConstraints } from "./input-constraints.js";
import { keptReferences } from "./kept-references.js";
import { knownFiles } from "./known-files.js";
import { knownGraphs } from "./known-graphs.js";
import { knownVersions } from "./known-versions.js";
import { noUnusedFiles, noUnusedGraphs, noUnusedModels, noUnusedSteps } from "./no-unused.js";
import type { Rule } from "./rule.js";
import { sequenceFits } from "./sequence-fits.js";
import { warmupFits } from "./warmup-fits.js";

export const rules: readonly Rule[] = [
  inputConstraints,
  knownVersions,
  batchingFits,
  warmupFits,
  sequenceFits,
  knownGraphs,
  knownFiles,
  dockerValues,
  keptReferences,
  distinctRoutes,
  examplesFit,
  noUnusedModels,
  noUnusedGraphs,
  noUnusedSteps,
  noUnusedFiles,
];
