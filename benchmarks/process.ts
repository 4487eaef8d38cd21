/** Processes under measurement: started, waited for, their CPU time and memory read from the system. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

export interface Running {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its first answer. */
  readonly firstAnswerMs: number;
  stop(): Promise<void>;
}

/** Starts a Node.js script that listens on a port, and waits for its first 200. */
export async function startServer(
  args: (port: number) => readonly string[],
  first: (port: number) => Promise<Response>,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(process.execPath, [...args(port)], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  const firstAnswerMs = await untilAnswered(child, () => first(port), start);
  return { pid: child.pid ?? 0, port, firstAnswerMs, stop: () => stop(child) };
}

async function untilAnswered(child: ChildProcess, call: () => Promise<Response>, start: number): Promise<number> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await call().catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 5000).unref();
  });
}

/** User and system time of a process so far, in microseconds; Linux only. */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 10_000;
}

/** That of a process and of those that it started and that live. */
function treeCpuMicros(pid: number): number {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid);
  return [pid, ...children.map(Number)].reduce((sum, each) => sum + cpuOrNone(each), 0);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  } catch {
    return undefined;
  }
}

function cpuOrNone(pid: number): number {
  try {
    return cpuMicros(pid);
  } catch {
    return 0;
  }
}

const settleMs = 1_000;
const settledShare = 0.05;
/** In a row. */
const settledTimes = 2;

/** Waits until a server and what it started do next to nothing: its chores are done, which are none of what is measured. */
export async function settled(pid: number, mostS: number): Promise<void> {
  let quiet = 0;
  for (let waited = 0; quiet < settledTimes && waited < mostS * 1000; waited += settleMs) {
    const before = treeCpuMicros(pid);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const share = (treeCpuMicros(pid) - before) / (settleMs * 1000);
    quiet = Math.abs(share) < settledShare ? quiet + 1 : 0;
  }
}

/** Resident memory in MB; Linux only. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Proportional memory in MB: pages that several processes share count a part for each; Linux only. */
export function proportionalMb(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Runs a script to its end and gives what it printed. */
export function output(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", () => resolve(Buffer.concat(chunks).toString().trim()));
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
