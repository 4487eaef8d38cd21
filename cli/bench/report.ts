/** A bench for people: tables, bars, and where the time went. */
import { counted } from "../../runtime/counted.js";
import type { Ratio } from "./compare.js";
import { drawHistogram, shortBytes, shortMs, table } from "./draw.js";
import { gainOf, profileRows } from "./gain.js";
import type { Load } from "./load.js";
import { type Run, throughputPerS } from "./measure.js";
import { instancesToTry, type Occupancy, occupancyOf } from "./occupancy.js";
import type { ModelFigures } from "./scrape.js";
import type { ServedModel } from "./served.js";

/** Beyond this it may be the load that could not go faster. */
const busy = 0.9;
/** Stands for the latency of no answer. */
const none = "–";

export function describeLoad(load: Load): string {
  if (load.kind === "open") return `open loop, ${load.ratePerS}/s ${load.arrivals}`;
  return `closed loop, ${counted(load.concurrency, "caller")}`;
}

/** One line a run. */
export function latencyTable(runs: readonly (readonly [string, Run])[]): string {
  const head = ["latency in ms", "answers/s", "mean", "p50", "p90", "p95", "p99", "p99.9", "max", "failed"];
  const rows = runs.map(([name, run]) => {
    const { latency, failed } = run.tally;
    const percentiles = [50, 90, 95, 99, 99.9].map((percent) => latency.percentile(percent));
    const latencies = [latency.meanMs, ...percentiles, latency.maxMs].map((ms) =>
      latency.count === 0 ? none : shortMs(ms),
    );
    const rate = throughputPerS(run);
    const perS = rate >= 100 ? rate.toFixed(0) : rate.toFixed(1);
    return [name, perS, ...latencies, String(failed)];
  });
  return table([head, ...rows]);
}

/** Everything of one run but its line in the table. */
export function describeRun(run: Run): string {
  const { tally, served } = run;
  const answers = [...tally.statuses].map(([status, count]) => `${count} × ${status}`);
  const errors = [...tally.errors].map(([code, count]) => `${count} × ${code}`);
  const per = Math.max(1, tally.requests);
  const facts = [
    ["answers", [...answers, ...errors].join(", ")],
    ["bytes a request", `${shortBytes(tally.sentBytes / per)} sent, ${shortBytes(tally.receivedBytes / per)} received`],
    ...(run.cpuMsPerRequest === undefined
      ? []
      : [["CPU a request", `${shortMs(run.cpuMsPerRequest)} ms of the server`]]),
    ...(run.load.kind === "open" ? [["sent late", lagOf(run)]] : []),
    ...(run.generatorBusy > busy
      ? [["load", `was busy ${percent(run.generatorBusy)} of the time: it may be the limit`]]
      : []),
  ];
  const width = Math.max(...facts.map(([name = ""]) => name.length));
  const lines = facts.map(([name = "", fact = ""]) => `${name.padEnd(width)}  ${fact}`);
  const parts = describeParts(run);
  const models = Object.entries(run.models).map(([model, figures]) =>
    [
      ...describeBatches(model, figures, served[model]),
      ...describeOccupancy(model, figures, occupancyOf(figures, run.ms, served[model])),
    ].join("\n"),
  );
  const histogram = tally.succeeded === 0 ? "" : drawHistogram(tally.latency);
  return [lines.join("\n"), histogram, parts, ...models].filter((text) => text !== "").join("\n\n");
}

function lagOf({ tally: { lag } }: Run): string {
  return `p50 ${shortMs(lag.percentile(50))} ms, p99 ${shortMs(lag.percentile(99))} ms, max ${shortMs(lag.maxMs)} ms; it is part of the latency`;
}

function describeParts({ tally }: Run): string {
  const parts = tally.parts.result();
  if (parts === undefined) return "";
  const { queueMs, modelMs, otherMs, outsideMs, samples, entries } = parts;
  const whole = queueMs + modelMs + otherMs + outsideMs;
  const row = (name: string, ms: number): string[] => [name, shortMs(ms), percent(ms / Math.max(whole, 1e-9))];
  const rows = [
    row("queue", queueMs),
    row("model", modelMs),
    row("decode, steps, encode", otherMs),
    row("outside the server", outsideMs),
  ];
  const steps = Object.entries(entries)
    .filter(([name]) => name !== "total" && !/\.(queue|batch)$/.test(name))
    .map(([name, ms]) => `${name} ${shortMs(ms)}`);
  const told = steps.length === 0 ? "" : `\nsteps in ms: ${steps.join(", ")}`;
  return `${table([["where the time went", "ms", "share"], ...rows])}\n(means of ${samples} answers that explained themselves)${told}`;
}

function describeBatches(model: string, figures: ModelFigures, served: ServedModel | undefined): readonly string[] {
  const { runs, rows, items, batches, queueMs, runMs } = figures;
  const measured = served?.measured ?? [];
  const gain = gainOf(figures, measured);
  const sizes = batches.map(({ upTo, runs: count }, at) => {
    const above = batches[at - 1]?.upTo ?? 0;
    return `${rangeOf(above, upTo)}: ${percent(count / runs)}`;
  });
  const profile = profileRows(measured).map((row) => `${row.rows}: ${shortMs(row.ms)} ms (${row.gain.toFixed(1)} ×)`);
  return [
    `model ${model}: ${runs} runs of ${(rows / runs).toFixed(1)} rows, ${(items / runs).toFixed(1)} requests each; ${shortMs(runMs)} ms a run, ${shortMs(queueMs)} ms in the queue`,
    `  rows a run     ${sizes.join(", ")}`,
    ...(profile.length === 0 ? [] : [`  measured idle  ${profile.join(", ")}`]),
    ...(gain === undefined ? [] : [`  batching gave  ${gain.toFixed(1)} × the rows a second of single runs`]),
  ];
}

function describeOccupancy(model: string, figures: ModelFigures, occupancy: Occupancy | undefined): readonly string[] {
  if (occupancy === undefined) return [];
  const { instances, threads, share } = occupancy;
  const each = threads === undefined ? "" : ` of ${counted(threads, "thread")}${instances > 1 ? " each" : ""}`;
  const computed = `  computed       ${percent(share)} of the time, on ${counted(instances, "instance")}${each}`;
  const toTry = instancesToTry(figures, occupancy);
  if (toTry === undefined) return [computed];
  const change = `--set models.${model}.instances=${toTry}`;
  return [
    computed,
    `  to try         ${change}: a thread each, which mostly gives more answers a second, while a lone one takes longer`,
  ];
}

function rangeOf(above: number, upTo: number): string {
  if (!Number.isFinite(upTo)) return `over ${above}`;
  return upTo <= 2 || above === upTo - 1 ? String(upTo) : `to ${upTo}`;
}

export function describeRatios(ratios: readonly Ratio[], first: string, second: string): string {
  const rows = ratios.map(({ of, mean, from, to, perRound, isBeyondNoise }) => [
    of,
    `${mean.toFixed(3)} ×`,
    `${from.toFixed(3)} to ${to.toFixed(3)}`,
    perRound.map((ratio) => ratio.toFixed(2)).join(" "),
    isBeyondNoise ? "beyond the noise" : "within the noise",
  ]);
  return table([[`${first} to ${second}`, "ratio", "95 % interval", "by round", ""], ...rows]);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
