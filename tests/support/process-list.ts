/** Processes of this machine, as Linux tells of them. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ListedProcess {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

/** Undefined when it is gone; one that is dead and not waited for yet is gone too. */
export function lookAt(pid: number): ListedProcess | undefined {
  try {
    const [state = "", parent, group] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return /[ZX]/.test(state) ? undefined : { pid, state, parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
}

/** The instances that are processes, of a process. */
export function instancesOf(parent = process.pid): readonly number[] {
  return childrenOf(parent, "process-worker.js");
}

/** The servers that a command started. */
export function serversOf(parent: number): readonly number[] {
  return childrenOf(parent, "serve");
}

function childrenOf(parent: number, word: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && lookAt(Number(name))?.parent === parent)
    .map(Number)
    .filter((pid) => textOf(pid, "cmdline").includes(word));
}

/** A file of a process's folder, such as `environ`; empty when the process is gone. */
export function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** What this process has open. */
export function openFiles(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`).replace(/\d+/g, "n")];
    } catch {
      return [];
    }
  });
}

/** Resolves when a process is gone. */
export async function gone(pid: number): Promise<void> {
  while (lookAt(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
}
