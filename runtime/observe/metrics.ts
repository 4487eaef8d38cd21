/** Prometheus metrics from events. Labels are bounded: routes, models and codes of the Plan, never a caller's words. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EngineEvent } from "../engine/observer.js";
import type { Listener, RuntimeEvent } from "./events.js";

export interface Metrics {
  readonly listener: Listener;
  readonly contentType: string;
  /** The page that Prometheus reads. */
  print(): Promise<string>;
}

/** What changes with every request is noted here and collected when the page is read: finding a series by its labels takes time. */
interface Notes {
  inFlight: number;
  readonly waiting: Map<string, number>;
  readonly requests: Map<string, Tally>;
}

interface Tally {
  readonly labels: { readonly route: string; readonly method: string; readonly status: number };
  count: number;
}

export function createMetrics(latencyBucketsS: readonly number[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const series = createSeries(registry, [...latencyBucketsS]);
  const notes: Notes = { inFlight: 0, waiting: new Map(), requests: new Map() };
  return {
    listener: (event) => count(event, series, notes),
    contentType: registry.contentType,
    print: () => {
      collect(notes, series);
      return registry.metrics();
    },
  };
}

function collect(notes: Notes, series: Series): void {
  series.inFlight.set(notes.inFlight);
  for (const [model, length] of notes.waiting) series.waiting.set({ model }, length);
  for (const { labels, count } of notes.requests.values()) series.requests.inc({ ...labels }, count);
  notes.requests.clear();
}

function noteRequest({ route, method, status }: Tally["labels"], { requests }: Notes): void {
  const key = `${status} ${method} ${route}`;
  const tally = requests.get(key);
  if (tally === undefined) requests.set(key, { labels: { route, method, status }, count: 1 });
  else tally.count++;
}

type Series = ReturnType<typeof createSeries>;

const rowBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

function createSeries(registry: Registry, buckets: number[]) {
  const about = (name: string, help: string) => ({ name: `ekiben_${name}`, help, registers: [registry] });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ ...about(name, help), labelNames });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
    new Gauge({ ...about(name, help), labelNames });
  const histogram = <L extends string>(name: string, help: string, label: L, limits = buckets): Histogram<L> =>
    new Histogram({ ...about(name, help), labelNames: [label], buckets: limits });

  const series = {
    requests: counter("requests_total", "Requests answered.", ["route", "method", "status"]),
    duration: histogram("request_duration_seconds", "Time from a request's headers to its answer.", "route"),
    inFlight: gauge("requests_in_flight", "Requests that are being answered."),
    queued: histogram("queue_duration_seconds", "Time that an item waited for its model.", "model"),
    rows: histogram("batch_rows", "Rows of a run.", "model", rowBuckets),
    items: histogram("batch_items", "Items that shared a run.", "model", rowBuckets),
    runs: histogram("model_run_duration_seconds", "Time of a run inside onnxruntime.", "model"),
    failures: counter("model_failures_total", "Runs that failed.", ["model"]),
    waiting: gauge("queue_length", "Items that wait for a model.", ["model"]),
    rejected: counter("items_rejected_total", "Items that were not run.", ["model", "code"]),
    instances: gauge("instances", "Instances by their state.", ["model", "state"]),
    restarts: counter("instance_restarts_total", "Instances opened in place of one that was lost.", ["model"]),
    losses: counter("instance_losses_total", "Instances that ended unasked, by the cause.", ["model", "cause"]),
    killed: counter("runs_killed_total", "Runs that were ended with their process, at their deadline.", ["model"]),
    reloads: counter("reloads_total", "Reloads by their result.", ["result"]),
    generation: gauge("generation", "Deployments in this process so far."),
  };
  for (const result of ["deployed", "unchanged", "failed"]) series.reloads.inc({ result }, 0);
  return series;
}

function count(event: RuntimeEvent, series: Series, notes: Notes): void {
  switch (event.kind) {
    case "request-begun":
      notes.inFlight++;
      return;
    case "request-done":
      notes.inFlight--;
      noteRequest(event, notes);
      series.duration.observe({ route: event.route }, event.durationMs / 1000);
      return;
    case "batch-done":
      countBatch(event, series);
      return;
    case "queue-length":
      notes.waiting.set(event.model, event.length);
      return;
    case "instance-state":
      if (event.from !== null) series.instances.dec({ model: event.model, state: event.from });
      if (event.to !== null) series.instances.inc({ model: event.model, state: event.to });
      return;
    case "instance-lost":
      series.losses.inc({ model: event.model, cause: event.cause });
      if (event.cause === "hung") series.killed.inc({ model: event.model });
      return;
    case "instance-restarted":
      series.restarts.inc({ model: event.model });
      return;
    case "item-rejected":
      series.rejected.inc({ model: event.model, code: event.code });
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

function countBatch(event: EngineEvent & { readonly kind: "batch-done" }, series: Series): void {
  const { model, queueMs, rows, items, runMs, failed } = event;
  if (failed) series.failures.inc({ model });
  for (const ms of queueMs) series.queued.observe({ model }, ms / 1000);
  series.rows.observe({ model }, rows);
  series.items.observe({ model }, items);
  series.runs.observe({ model }, runMs / 1000);
}
