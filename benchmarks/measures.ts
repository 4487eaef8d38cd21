/** The measures in the order of the table. */
import type { Measure } from "./measure.js";
import { check } from "./measures/check.js";
import { cnn } from "./measures/cnn.js";
import { mlp } from "./measures/mlp.js";
import { reload } from "./measures/reload.js";
import { start } from "./measures/start.js";
import { tiny } from "./measures/tiny.js";

export const measures: readonly Measure[] = [tiny, mlp, cnn, start, check, reload];
