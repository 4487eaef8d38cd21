/** The command line as a user has it: a process of its own, from the compiled files. */
import { spawnSync } from "node:child_process";
import { type Child, type ChildOptions, startChild } from "./child.js";
import { inRepository, root } from "./paths.js";

export { listening } from "./child.js";

export type Command = Child;

export interface Ended {
  readonly status: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const cliFile = inRepository("dist", "cli", "main.js");

/** Starts `ekiben WORDS`, without colours. */
export function startCommand(words: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  return startChild([cliFile, ...words], { env: { NO_COLOR: "1", ...env } });
}

/** Runs `ekiben WORDS` to its end. */
export async function ekiben(words: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  const child = startChild([cliFile, ...words], options);
  const status = await child.ended;
  return { status, stdout: child.stdout(), stderr: child.stderr() };
}

/** As `ekiben`, and nothing else happens meanwhile. */
export function ekibenSync(words: readonly string[], cwd = root): Ended {
  return spawnSync(process.execPath, [cliFile, ...words], { encoding: "utf8", cwd });
}
