/** Every command, in the order of the help. Each is loaded when it is asked for: `check` needs no server. */
import type { Command } from "../command.js";

export interface CommandEntry {
  readonly name: string;
  load(): Command;
}

export const commands: readonly CommandEntry[] = [
  { name: "check", load: () => (require("./check.js") as typeof import("./check.js")).check },
  { name: "explain", load: () => (require("./explain.js") as typeof import("./explain.js")).explain },
  { name: "serve", load: () => (require("./serve.js") as typeof import("./serve.js")).serve },
];
