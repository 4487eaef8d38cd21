/** The service under load, served as in production by a process of its own: it shares no event loop with the load. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { Failure } from "../failure.js";

export interface ServerProcess {
  readonly url: string;
  /** Aborted when the process ends unasked. */
  readonly lost: AbortSignal;
  /** The last words of its log. */
  said(): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly spec: string;
  /** Values of `--set`. */
  readonly set: readonly string[];
  readonly envFile: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** Without a line for each request, and with answers that explain themselves when asked. */
const quiet = [
  "observability.explain=true",
  "observability.logging.access=false",
  "observability.logging.level=error",
  "observability.logging.format=json",
];
const keptLog = 8_192;
/** What was accepted is answered in less; a run that hangs is not waited for. */
const stopMs = 10_000;

/** Resolves once it listens. Throws a `Failure` with its words when it ends before. */
export async function startServer({ spec, set, envFile, environment }: ServerOptions): Promise<ServerProcess> {
  const settings = [...set, ...quiet].flatMap((value) => ["--set", value]);
  const args = ["serve", spec, "--json", "--host", "127.0.0.1", "--port", "0", ...settings];
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      join(__dirname, "..", "main.js"),
      ...args,
      ...(envFile === undefined ? [] : ["--env-file", envFile]),
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: environment },
  );
  const lost = new AbortController();
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString("utf8")).slice(-keptLog);
  });
  // Whatever ends this process ends the server.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => {
    process.off("exit", kill);
    lost.abort();
  });
  const said = (): string => log.trimEnd();
  const url = await listening(child, said);
  return { url, lost: lost.signal, said, stop: () => stop(child) };
}

function listening(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.once("error", reject);
    child.once("close", () => reject(new Failure(1, `the service did not start:\n${said()}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString("utf8");
      const url = /"event":"listening","url":"([^"]+)"/.exec(printed)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => void child.kill("SIGKILL"), stopMs);
    child.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
