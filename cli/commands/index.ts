/** Every command, in the order of the help. */
import type { Command } from "../command.js";
import { check } from "./check.js";
import { dev } from "./dev.js";
import { doctor } from "./doctor.js";
import { init } from "./init.js";
import { run } from "./run.js";
import { serve } from "./serve.js";
import { test } from "./test.js";

export const commands: readonly Command[] = [init, check, dev, serve, run, test, doctor];
