/** The measures in the order of the table. */
import type { Measure } from "./measure.js";
import { check } from "./measures/check.js";
import { cnn } from "./measures/cnn.js";
import { idle } from "./measures/idle.js";
import { instances } from "./measures/instances.js";
import { killed } from "./measures/kills.js";
import { memory } from "./measures/memory.js";
import { mlp } from "./measures/mlp.js";
import { overload } from "./measures/overload.js";
import { overloadTiny } from "./measures/overload-tiny.js";
import { reload } from "./measures/reload.js";
import { start } from "./measures/start.js";
import { tiny } from "./measures/tiny.js";
import { transformer } from "./measures/transformer.js";
import { transformerLengths } from "./measures/transformer-lengths.js";
import { weights } from "./measures/weights.js";

export const measures: readonly Measure[] = [
  tiny,
  mlp,
  weights,
  transformer,
  transformerLengths,
  cnn,
  overload,
  overloadTiny,
  killed,
  memory,
  instances,
  idle,
  start,
  check,
  reload,
];
