/** Prometheus metrics from events. Labels are bounded: routes, models and codes of the Plan, never a caller's words. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Listener, RuntimeEvent } from "./events.js";

export interface Metrics {
  readonly listener: Listener;
  readonly contentType: string;
  /** The page that Prometheus reads. */
  print(): Promise<string>;
}

const rowBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export function createMetrics(latencyBucketsS: readonly number[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const buckets = [...latencyBucketsS];
  const requests = new Counter({
    name: "ekiben_requests_total",
    help: "Requests answered.",
    labelNames: ["route", "method", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "ekiben_request_duration_seconds",
    help: "Time from a request's headers to its answer.",
    labelNames: ["route"],
    buckets,
    registers,
  });
  const inFlight = new Gauge({
    name: "ekiben_requests_in_flight",
    help: "Requests that are being answered.",
    registers,
  });
  const queued = new Histogram({
    name: "ekiben_queue_duration_seconds",
    help: "Time that an item waited for its model.",
    labelNames: ["model"],
    buckets,
    registers,
  });
  const rows = new Histogram({
    name: "ekiben_batch_rows",
    help: "Rows of a run.",
    labelNames: ["model"],
    buckets: rowBuckets,
    registers,
  });
  const items = new Histogram({
    name: "ekiben_batch_items",
    help: "Items that shared a run.",
    labelNames: ["model"],
    buckets: rowBuckets,
    registers,
  });
  const runs = new Histogram({
    name: "ekiben_model_run_duration_seconds",
    help: "Time of a run inside onnxruntime.",
    labelNames: ["model"],
    buckets,
    registers,
  });
  const failures = new Counter({
    name: "ekiben_model_failures_total",
    help: "Runs that failed.",
    labelNames: ["model"],
    registers,
  });
  const waiting = new Gauge({
    name: "ekiben_queue_length",
    help: "Items that wait for a model.",
    labelNames: ["model"],
    registers,
  });
  const rejected = new Counter({
    name: "ekiben_items_rejected_total",
    help: "Items that were not run.",
    labelNames: ["model", "code"],
    registers,
  });
  const reloads = new Counter({
    name: "ekiben_reloads_total",
    help: "Reloads by their result.",
    labelNames: ["result"],
    registers,
  });
  const generation = new Gauge({ name: "ekiben_generation", help: "Deployments in this process so far.", registers });
  for (const result of ["deployed", "unchanged", "failed"]) reloads.inc({ result }, 0);

  const listener = (event: RuntimeEvent): void => {
    switch (event.kind) {
      case "request-begun":
        inFlight.inc();
        return;
      case "request-done":
        inFlight.dec();
        requests.inc({ route: event.route, method: event.method, status: event.status });
        duration.observe({ route: event.route }, event.durationMs / 1000);
        return;
      case "batch-done": {
        const { model } = event;
        if (event.failed) failures.inc({ model });
        for (const ms of event.queueMs) queued.observe({ model }, ms / 1000);
        rows.observe({ model }, event.rows);
        items.observe({ model }, event.items);
        runs.observe({ model }, event.runMs / 1000);
        return;
      }
      case "queue-length":
        waiting.set({ model: event.model }, event.length);
        return;
      case "item-rejected":
        rejected.inc({ model: event.model, code: event.code });
        return;
      case "deployed":
        generation.set(event.generation);
        if (event.generation > 1) reloads.inc({ result: "deployed" });
        return;
      case "reload-unchanged":
        reloads.inc({ result: "unchanged" });
        return;
      case "reload-failed":
        reloads.inc({ result: "failed" });
        return;
      default:
        return;
    }
  };
  return { listener, contentType: registry.contentType, print: () => registry.metrics() };
}
