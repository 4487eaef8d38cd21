/** A bench for programs: what `--json` prints. */
import type { Ratio } from "./compare.js";
import { edgesOf } from "./draw.js";
import { gainOf, profileRows } from "./gain.js";
import type { LatencyHistogram } from "./histogram.js";
import type { Load } from "./load.js";
import { type Run, throughputPerS } from "./measure.js";
import { type Occupancy, occupancyOf } from "./occupancy.js";

export function runDocument(run: Run): object {
  const { tally, ms, cpuMsPerRequest, generatorBusy, load, models, served } = run;
  return {
    load: loadDocument(load),
    seconds: ms / 1000,
    requests: tally.requests,
    succeeded: tally.succeeded,
    failed: tally.failed,
    statuses: Object.fromEntries(tally.statuses),
    errors: Object.fromEntries(tally.errors),
    answers_per_s: throughputPerS(run),
    bytes: { sent: tally.sentBytes, received: tally.receivedBytes },
    latency_ms: tally.succeeded === 0 ? null : latencyDocument(tally.latency),
    histogram: tally.succeeded === 0 ? [] : histogramDocument(tally.latency),
    ...(load.kind === "open" ? { sent_late_ms: latencyDocument(tally.lag) } : {}),
    parts: partsDocument(run),
    cpu_ms_per_request: cpuMsPerRequest ?? null,
    generator_busy: generatorBusy,
    models: Object.fromEntries(
      Object.entries(models).map(([name, figures]) => [
        name,
        {
          runs: figures.runs,
          requests_per_run: figures.items / figures.runs,
          rows_per_run: figures.rows / figures.runs,
          batches: figures.batches.map(({ upTo, runs }) => ({ up_to: Number.isFinite(upTo) ? upTo : null, runs })),
          queue_ms: figures.queueMs,
          run_ms: figures.runMs,
          profile: profileRows(served[name]?.measured ?? []),
          gain: gainOf(figures, served[name]?.measured ?? []) ?? null,
          ...occupancyDocument(occupancyOf(figures, ms, served[name])),
        },
      ]),
    ),
  };
}

function occupancyDocument(occupancy: Occupancy | undefined): object {
  const { instances = null, threads = null, share = null } = occupancy ?? {};
  return { instances, threads, busy: share };
}

function loadDocument(load: Load): object {
  return load.kind === "closed"
    ? { kind: "closed", concurrency: load.concurrency }
    : { kind: "open", rate_per_s: load.ratePerS, arrivals: load.arrivals };
}

function latencyDocument(latency: LatencyHistogram): object {
  return {
    mean: latency.meanMs,
    min: latency.minMs,
    p50: latency.percentile(50),
    p90: latency.percentile(90),
    p95: latency.percentile(95),
    p99: latency.percentile(99),
    "p99.9": latency.percentile(99.9),
    max: latency.maxMs,
  };
}

function histogramDocument(latency: LatencyHistogram): readonly object[] {
  const edges = edgesOf(latency);
  return latency.between(edges).map((count, at) => ({ up_to_ms: edges[at + 1], count }));
}

function partsDocument({ tally }: Run): object | null {
  const parts = tally.parts.result();
  if (parts === undefined) return null;
  const { samples, queueMs, modelMs, otherMs, outsideMs, entries } = parts;
  return {
    samples,
    queue_ms: queueMs,
    model_ms: modelMs,
    other_ms: otherMs,
    outside_ms: outsideMs,
    entries_ms: entries,
  };
}

export function ratioDocument({ of, perRound, mean, from, to, isBeyondNoise }: Ratio): object {
  return { of, ratio: mean, interval_95: [from, to], by_round: perRound, beyond_noise: isBeyondNoise };
}
