/** Every command, in the order of the help. Each is loaded when it is asked for: `check` needs no server. */
import type { Command } from "../command.js";

export interface CommandEntry {
  readonly name: string;
  load(): Command;
}

export const commands: readonly CommandEntry[] = [
  { name: "init", load: () => (require("./init.js") as typeof import("./init.js")).init },
  { name: "check", load: () => (require("./check.js") as typeof import("./check.js")).check },
  { name: "explain", load: () => (require("./explain.js") as typeof import("./explain.js")).explain },
  { name: "dev", load: () => (require("./dev.js") as typeof import("./dev.js")).dev },
  { name: "serve", load: () => (require("./serve.js") as typeof import("./serve.js")).serve },
  { name: "run", load: () => (require("./run.js") as typeof import("./run.js")).run },
  { name: "test", load: () => (require("./test.js") as typeof import("./test.js")).test },
  { name: "compile", load: () => (require("./compile.js") as typeof import("./compile.js")).compile },
  { name: "bench", load: () => (require("./bench.js") as typeof import("./bench.js")).bench },
  { name: "cache", load: () => (require("./cache.js") as typeof import("./cache.js")).cache },
  { name: "doctor", load: () => (require("./doctor.js") as typeof import("./doctor.js")).doctor },
];
