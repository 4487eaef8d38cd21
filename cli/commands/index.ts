/** Every command, in the order of the help. */
import type { Command } from "../command.js";
import { check } from "./check.js";
import { compile } from "./compile.js";
import { serve } from "./serve.js";

export const commands: readonly Command[] = [check, serve, compile];
