/** A folder beside another for what is not whole yet. It goes when its work ends, fails, or is interrupted. */
import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Gives what the work gives; when it fails, the folders above that were made for it go too. */
export async function withTemporaryFolder<T>(beside: string, work: (temporary: string) => Promise<T>): Promise<T> {
  const parent = dirname(beside);
  const made = mkdirSync(parent, { recursive: true });
  let isDone = false;
  let temporary: string | undefined;
  const clear = (): void => {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    if (!isDone && made !== undefined) removeEmpty(parent, made);
  };
  const interrupt = (signal: NodeJS.Signals): void => {
    clear();
    for (const each of signals) process.off(each, interrupt);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    temporary = mkdtempSync(join(parent, `.${basename(beside)}.ekiben-`));
    // Made for its owner alone; the folder that it becomes is as readable as any.
    chmodSync(temporary, 0o777 & ~process.umask());
    const result = await work(temporary);
    isDone = true;
    return result;
  } finally {
    clear();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** From a folder up to the first that was made. */
function removeEmpty(folder: string, first: string): void {
  try {
    for (let inside = folder; inside.startsWith(first); inside = dirname(inside)) rmdirSync(inside);
  } catch {
    // Somebody else put something into it.
  }
}
