/** The command line as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { inRepository } from "./paths.js";

export interface Command {
  readonly process: ChildProcess;
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with what it said on stderr once that matches. */
  said(pattern: RegExp): Promise<string>;
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export function startCommand(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Command {
  const child = spawn(process.execPath, [inRepository("dist", "cli", "main.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      output[name] += chunk.toString("utf8");
      for (const look of waiting) look();
    });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? -1));
  });
  const said = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(output.stderr)) return;
        waiting.delete(look);
        resolve(output.stderr);
      };
      waiting.add(look);
      void ended.then(() => reject(new Error(`it ended without ${pattern}:\n${output.stderr}`)));
      look();
    });
  return { process: child, stdout: () => output.stdout, stderr: () => output.stderr, said, ended };
}

/** Where a command that serves listens, once it does. */
export async function listening(command: Command): Promise<string> {
  const text = await command.said(/listening on http:\S+/);
  return /listening on (http:[^\s",]+)/.exec(text)?.[1] ?? "";
}
