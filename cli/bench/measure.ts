/** One run of load on a server: warmed, measured, and what the server says of it. */
import type { Clock } from "../../runtime/engine/clock.js";
import { seededRandom } from "./arrivals.js";
import { type BenchCall, Client } from "./client.js";
import { drive, type Limits, type Load } from "./load.js";
import { cpuSeconds, joinFigures, type Metrics, type ModelFigures, modelFigures, readMetrics } from "./scrape.js";
import { readServed, type ServedModels } from "./served.js";
import { Tally } from "./tally.js";

/** A server under measurement. */
export interface Target {
  readonly name: string;
  readonly url: URL;
  readonly calls: readonly BenchCall[];
  readonly metricsPath: string;
  /** Aborted when the server is lost, or the command is to end. */
  readonly signal: AbortSignal;
}

export interface RunOptions {
  readonly load: Load;
  readonly limits: Limits;
  readonly warmupMs: number;
  readonly clock: Clock;
  /** Of the schedule: the same seed gives the same one. */
  readonly seed: number;
  /** A request is given up after so long. */
  readonly timeoutMs: number;
}

export interface Run {
  readonly load: Load;
  readonly tally: Tally;
  readonly ms: number;
  /** Of the server's process, a request; undefined where it does not say. */
  readonly cpuMsPerRequest: number | undefined;
  /** Of the load's own event loop, from 0 to 1: near 1 it was the load that could not go faster. */
  readonly generatorBusy: number;
  readonly models: { readonly [model: string]: ModelFigures };
  /** As the server said at its end: under load a model may come to have other instances. */
  readonly served: ServedModels;
}

/** In open loop; a client that opens more has other troubles. */
const openConnections = 1_000;

/** `watch` is given the tally of the measured part while it grows. */
export async function measure(
  target: Target,
  options: RunOptions,
  watch: (tally: Tally) => void = () => {},
): Promise<Run> {
  const { load, limits, clock, timeoutMs } = options;
  const connections = load.kind === "closed" ? load.concurrency : openConnections;
  const client = new Client(target.url, { connections, timeoutMs });
  const callOff = (): void => client.close();
  target.signal.addEventListener("abort", callOff);
  const parts = { client, calls: target.calls, load, clock, signal: target.signal };
  try {
    if (options.warmupMs > 0) {
      const warmUp = { ms: options.warmupMs, requests: Number.POSITIVE_INFINITY };
      await drive({ ...parts, limits: warmUp, random: seededRandom(options.seed + 1) });
    }
    const before = await readMetrics(client, target.metricsPath);
    const busyBefore = performance.eventLoopUtilization();
    const driven = await drive({ ...parts, limits, random: seededRandom(options.seed) }, watch);
    const generatorBusy = performance.eventLoopUtilization(busyBefore).utilization;
    const after = await readMetrics(client, target.metricsPath);
    const served = await readServed(client);
    return { load, ...driven, generatorBusy, ...serverFigures(before, after, driven.tally.requests), served };
  } finally {
    target.signal.removeEventListener("abort", callOff);
    client.close();
  }
}

function serverFigures(
  before: Metrics | undefined,
  after: Metrics | undefined,
  requests: number,
): Pick<Run, "cpuMsPerRequest" | "models"> {
  const [from, to] = [before && cpuSeconds(before), after && cpuSeconds(after)];
  const cpuMsPerRequest =
    from === undefined || to === undefined ? undefined : ((to - from) * 1000) / Math.max(1, requests);
  return { cpuMsPerRequest, models: before && after ? modelFigures(before, after) : {} };
}

/** Rounds of one server as one run. At least one. */
export function joinRuns(runs: readonly Run[]): Run {
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) throw new Error("invariant: there is a run");
  const tally = new Tally();
  for (const run of runs) tally.join(run.tally);
  const mean = (of: (run: Run) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const hasCpu = runs.every(({ cpuMsPerRequest }) => cpuMsPerRequest !== undefined);
  return {
    load: first.load,
    tally,
    ms: runs.reduce((sum, { ms }) => sum + ms, 0),
    cpuMsPerRequest: hasCpu ? mean(({ cpuMsPerRequest }) => cpuMsPerRequest ?? 0) : undefined,
    generatorBusy: mean(({ generatorBusy }) => generatorBusy),
    models: joinFigures(runs.map(({ models }) => models)),
    served: last.served,
  };
}

export function throughputPerS({ tally, ms }: Run): number {
  return (tally.succeeded * 1000) / Math.max(ms, 1e-3);
}
