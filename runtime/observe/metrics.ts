/** Prometheus metrics from events. Labels are bounded: routes, models and codes of the Plan, never a caller's words. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { EngineEvent, SequenceEnd, ShadowEvent } from "../engine/observer.js";
import { forgetClosed } from "./closed-series.js";
import type { Listener, RuntimeEvent } from "./events.js";
import { Histogram } from "./histogram.js";

export interface Metrics {
  readonly listener: Listener;
  readonly contentType: string;
  /** The page that Prometheus reads. */
  print(): Promise<string>;
}

/** What changes with every request is noted here and collected when the page is read: finding a series by its labels takes time. */
interface Notes {
  inFlight: number;
  readonly waiting: Map<string, Length>;
  /** By route, status and method. */
  readonly requests: Map<string, Map<number, Map<string, number>>>;
}

interface Length {
  readonly labels: { readonly model: string; readonly version: string };
  length: number;
}

/**
 * How often the lag of the event loop is looked at: a fifth as often as by itself, since that is all that an idle server does, and
 * it interrupts those that compute on the same core.
 */
const loopLookMs = 50;

export function createMetrics(latencyBucketsS: readonly number[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLookMs });
  const series = createSeries(registry, latencyBucketsS);
  const notes: Notes = { inFlight: 0, waiting: new Map(), requests: new Map() };
  const histograms = Object.values(series).filter((one) => one instanceof Histogram);
  const forget = forgetClosed(registry, histograms);
  return {
    listener: (event) => {
      count(event, series, notes);
      forget(event);
    },
    contentType: registry.contentType,
    print: async () => {
      collect(notes, series);
      return [await registry.metrics(), ...histograms.map((histogram) => histogram.print())].join("\n");
    },
  };
}

function collect(notes: Notes, series: Series): void {
  series.inFlight.set(notes.inFlight);
  for (const { labels, length } of notes.waiting.values()) series.waiting.set({ ...labels }, length);
  for (const [route, statuses] of notes.requests)
    for (const [status, methods] of statuses)
      for (const [method, count] of methods) series.requests.inc({ route, method, status }, count);
  notes.requests.clear();
}

function noteLength(event: EngineEvent & { readonly kind: "queue-length" }, { waiting }: Notes): void {
  const labels = versionLabels(event);
  const key = versionKey(labels);
  const known = waiting.get(key);
  if (known === undefined) waiting.set(key, { labels, length: event.length });
  else known.length = event.length;
}

function noteRequest(route: string, status: number, method: string, { requests }: Notes): void {
  const methods = within(within(requests, route), status);
  methods.set(method, (methods.get(method) ?? 0) + 1);
}

function within<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const added = new Map<L, V>();
  maps.set(key, added);
  return added;
}

type Series = ReturnType<typeof createSeries>;

const rowBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const differenceBuckets = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
const sequenceEnds = ["ended", "expired", "evicted", "changed"] as const satisfies readonly SequenceEnd[];
const ofCache = ["kind", "name"] as const;
const ofModel = ["model", "version"] as const;

function createSeries(registry: Registry, buckets: readonly number[]) {
  const about = (name: string, help: string) => ({ name: `ekiben_${name}`, help, registers: [registry] });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ ...about(name, help), labelNames });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
    new Gauge({ ...about(name, help), labelNames });
  const histogram = (name: string, help: string, bounds = buckets): Histogram =>
    new Histogram({ name: `ekiben_${name}`, help, bounds });

  const series = {
    requests: counter("requests_total", "Requests answered.", ["route", "method", "status"]),
    duration: histogram("request_duration_seconds", "Time from a request's headers to its answer."),
    inFlight: gauge("requests_in_flight", "Requests that are being answered."),
    queued: histogram("queue_duration_seconds", "Time that an item waited for its model."),
    rows: histogram("batch_rows", "Rows of a run.", rowBuckets),
    items: histogram("batch_items", "Items that shared a run.", rowBuckets),
    runs: histogram("model_run_duration_seconds", "Time of a run inside onnxruntime."),
    failures: counter("model_failures_total", "Runs that failed.", ofModel),
    waiting: gauge("queue_length", "Items that wait for a model.", ofModel),
    rejected: counter("items_rejected_total", "Items that were not run.", [...ofModel, "code"]),
    shadows: counter("shadow_copies_total", "Copies for a shadow, by what became of them.", [...ofModel, "result"]),
    shadowTime: histogram("shadow_duration_seconds", "Time from a copy to the shadow's answer."),
    difference: histogram(
      "shadow_difference",
      "How far a shadow's answer is from the one that was given, relative beyond 1.",
      differenceBuckets,
    ),
    instances: gauge("instances", "Instances by their state.", [...ofModel, "state"]),
    restarts: counter("instance_restarts_total", "Instances opened in place of one that was lost.", ofModel),
    losses: counter("instance_losses_total", "Instances that ended unasked, by the cause.", [...ofModel, "cause"]),
    killed: counter("runs_killed_total", "Runs that were ended with their process, at their deadline.", ofModel),
    cacheRequests: counter("cache_requests_total", "Questions to a cache, by where their answer came from.", [
      ...ofCache,
      "result",
    ]),
    cacheEvictions: counter("cache_evictions_total", "Answers that had to make room.", ofCache),
    cacheBytes: gauge("cache_bytes", "Memory that kept answers take.", ofCache),
    cacheAnswers: gauge("cache_answers", "Answers that are kept.", ofCache),
    sequences: gauge("sequences", "Sequences that are held.", ["model"]),
    sequenceBytes: gauge("sequence_bytes", "Memory that the states of sequences take.", ["model"]),
    sequenceEnds: counter("sequences_ended_total", "Sequences that are no more, by the cause.", ["model", "cause"]),
    residency: gauge("on_demand_models", "Models on demand by their state.", [...ofModel, "state"]),
    loads: counter("model_loads_total", "Times that a model was loaded on demand.", ofModel),
    evictions: counter(
      "model_evictions_total",
      "Times that a model was let go because others needed its memory.",
      ofModel,
    ),
    loadFailures: counter("model_load_failures_total", "Times that a model on demand could not be loaded.", ofModel),
    reserved: gauge("memory_reserved_bytes", "What models have reserved of the memory that they may take."),
    memoryLimit: gauge("memory_limit_bytes", "The memory that models may take."),
    reloads: counter("reloads_total", "Reloads by their result.", ["result"]),
    generation: gauge("generation", "Deployments in this process so far."),
  };
  for (const result of ["deployed", "unchanged", "failed"]) series.reloads.inc({ result }, 0);
  return series;
}

/** The labels of what is told of a model's version. */
function versionLabels({ model, version = "1" }: { readonly model: string; readonly version?: string }) {
  return { model, version };
}

function versionKey({ model, version }: ReturnType<typeof versionLabels>): string {
  return `${version} ${model}`;
}

function count(event: RuntimeEvent, series: Series, notes: Notes): void {
  switch (event.kind) {
    case "request-begun":
      notes.inFlight++;
      return;
    case "request-done":
      notes.inFlight--;
      noteRequest(event.route, event.status, event.method, notes);
      series.duration.of(event.route, { route: event.route }).observe(event.durationMs / 1000);
      return;
    case "batch-done":
      countBatch(event, series);
      return;
    case "queue-length":
      noteLength(event, notes);
      return;
    case "model-closed":
      notes.waiting.delete(versionKey(versionLabels(event)));
      return;
    case "instance-state":
      if (event.from !== null) series.instances.dec({ ...versionLabels(event), state: event.from });
      if (event.to !== null) series.instances.inc({ ...versionLabels(event), state: event.to });
      return;
    case "residency-state":
    case "model-loaded":
    case "model-evicted":
    case "load-failed":
    case "memory-reserved":
      countMemory(event, series);
      return;
    case "instance-lost":
      series.losses.inc({ ...versionLabels(event), cause: event.cause });
      if (event.cause === "hung") series.killed.inc(versionLabels(event));
      return;
    case "instance-restarted":
      series.restarts.inc(versionLabels(event));
      return;
    case "item-rejected":
      series.rejected.inc({ ...versionLabels(event), code: event.code });
      return;
    case "shadow-done":
      countShadow(event, series);
      return;
    case "cache-asked":
      series.cacheRequests.inc({ ...event.owner, result: event.use });
      return;
    case "cache-kept":
      series.cacheBytes.set({ ...event.owner }, event.bytes);
      series.cacheAnswers.set({ ...event.owner }, event.answers);
      series.cacheEvictions.inc({ ...event.owner }, event.evicted);
      return;
    case "cache-closed":
      for (const each of [series.cacheBytes, series.cacheAnswers, series.cacheEvictions])
        each.remove({ ...event.owner });
      for (const result of ["hit", "shared", "miss"]) series.cacheRequests.remove({ ...event.owner, result });
      return;
    case "sequences-held":
      series.sequences.set({ model: event.model }, event.sequences);
      series.sequenceBytes.set({ model: event.model }, event.bytes);
      return;
    case "sequence-ended":
      series.sequenceEnds.inc({ model: event.model, cause: event.cause });
      return;
    case "sequences-closed":
      for (const each of [series.sequences, series.sequenceBytes]) each.remove({ model: event.model });
      for (const cause of sequenceEnds) series.sequenceEnds.remove({ model: event.model, cause });
      return;
    case "deployed":
      series.generation.set(event.generation);
      if (event.generation > 1) series.reloads.inc({ result: "deployed" });
      return;
    case "reload-unchanged":
      series.reloads.inc({ result: "unchanged" });
      return;
    case "reload-failed":
      series.reloads.inc({ result: "failed" });
      return;
    default:
      return;
  }
}

type MemoryEvent = EngineEvent & {
  readonly kind: "residency-state" | "model-loaded" | "model-evicted" | "load-failed" | "memory-reserved";
};

function countMemory(event: MemoryEvent, series: Series): void {
  if (event.kind === "memory-reserved") {
    series.reserved.set(event.bytes);
    series.memoryLimit.set(event.limitBytes);
    return;
  }
  const labels = versionLabels(event);
  if (event.kind === "residency-state") {
    if (event.from !== null) series.residency.dec({ ...labels, state: event.from });
    if (event.to !== null) series.residency.inc({ ...labels, state: event.to });
  } else if (event.kind === "model-loaded") series.loads.inc(labels);
  else if (event.kind === "model-evicted") series.evictions.inc(labels);
  else series.loadFailures.inc(labels);
}

function countBatch(event: EngineEvent & { readonly kind: "batch-done" }, series: Series): void {
  const { queueMs, rows, items, runMs, failed } = event;
  const labels = versionLabels(event);
  if (failed) series.failures.inc(labels);
  const key = versionKey(labels);
  const queued = series.queued.of(key, labels);
  for (const ms of queueMs) queued.observe(ms / 1000);
  series.rows.of(key, labels).observe(rows);
  series.items.of(key, labels).observe(items);
  series.runs.of(key, labels).observe(runMs / 1000);
}

function countShadow(event: ShadowEvent, series: Series): void {
  const { result, durationMs, difference } = event;
  const labels = versionLabels(event);
  series.shadows.inc({ ...labels, result });
  const key = versionKey(labels);
  if (durationMs !== undefined) series.shadowTime.of(key, labels).observe(durationMs / 1000);
  if (difference !== undefined) series.difference.of(key, labels).observe(difference);
}
