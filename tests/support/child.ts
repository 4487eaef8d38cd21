/** A Node program as a process of its own: what it says, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { root } from "./paths.js";

export interface Child {
  readonly process: ChildProcess;
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with what it said on stderr once that matches. */
  said(pattern: RegExp): Promise<string>;
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface ChildOptions {
  /** All that it reads. */
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export function startChild(words: readonly string[], { input = "", cwd = root, env = {} }: ChildOptions = {}): Child {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [...words], { cwd, env: { ...inherited, ...env } });
  const output: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
  const textOf = (name: keyof typeof output): string => Buffer.concat(output[name]).toString();
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      output[name].push(chunk);
      for (const look of waiting) look();
    });
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal ?? -1));
  });
  const said = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(textOf("stderr"))) return;
        waiting.delete(look);
        resolve(textOf("stderr"));
      };
      waiting.add(look);
      void ended.then((status) =>
        reject(new Error(`it ended with ${status}, without ${pattern}:\n${textOf("stderr")}`)),
      );
      look();
    });
  // One that ends without having read all is no failure of the test's.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return { process: child, stdout: () => textOf("stdout"), stderr: () => textOf("stderr"), said, ended };
}

/** Where a service listens, once it does, whether its log is for people or for machines. */
export async function listening(child: Child): Promise<string> {
  const text = await child.said(/listening on http:\S+/);
  return /listening on (http:[^\s",]+)/.exec(text)?.[1] ?? "";
}
