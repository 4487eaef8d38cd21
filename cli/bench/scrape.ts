/** What the server counts: its metrics before and after a run. */
import type { Client } from "./client.js";

/** A page of metrics: values by name and labels, as they are printed. */
export type Metrics = ReadonlyMap<string, number>;

export function parseMetrics(page: string): Metrics {
  const lines = page.matchAll(/^([a-z_]+(?:\{[^}]*\})?) (\S+)/gm);
  return new Map([...lines].map(([, series = "", value = ""]) => [series, Number(value)]));
}

/** Of a model's version during a run. */
export interface ModelFigures {
  readonly runs: number;
  readonly items: number;
  readonly rows: number;
  /** Runs by their rows: up to so many, and more than the one before. */
  readonly batches: readonly { readonly upTo: number; readonly runs: number }[];
  /** Means, in milliseconds. */
  readonly queueMs: number;
  readonly runMs: number;
}

/** By model; `model@version` where it has several. */
export function modelFigures(before: Metrics, after: Metrics): { readonly [model: string]: ModelFigures } {
  const grown = new Map([...after].map(([series, value]) => [series, value - (before.get(series) ?? 0)]));
  const labels = [...grown.keys()].flatMap((series) => /^ekiben_batch_rows_count\{(.*)\}$/.exec(series)?.[1] ?? []);
  const models = labels.map((label) => label.match(/model="([^"]*)"/)?.[1] ?? "");
  const figures = labels.map((label, index): readonly [string, ModelFigures] => {
    const model = models[index] ?? "";
    const isAlone = models.filter((each) => each === model).length === 1;
    const version = label.match(/version="([^"]*)"/)?.[1] ?? "";
    return [isAlone ? model : `${model}@${version}`, figuresOf(grown, label)];
  });
  return Object.fromEntries(figures.filter(([, { runs }]) => runs > 0));
}

function figuresOf(grown: Metrics, label: string): ModelFigures {
  const of = (name: string): number => grown.get(`ekiben_${name}{${label}}`) ?? 0;
  const mean = (name: string): number => of(`${name}_sum`) / Math.max(1, of(`${name}_count`));
  const limits = [...grown.keys()].flatMap((series) => {
    const [, upTo, rest] = /^ekiben_batch_rows_bucket\{le="([^"]+)",(.*)\}$/.exec(series) ?? [];
    return upTo !== undefined && rest === label ? [{ upTo: Number(upTo.replace("+Inf", "Infinity")), series }] : [];
  });
  let below = 0;
  const batches = limits.map(({ upTo, series }) => {
    const runs = (grown.get(series) ?? 0) - below;
    below += runs;
    return { upTo, runs };
  });
  return {
    runs: of("batch_rows_count"),
    items: of("batch_items_sum"),
    rows: of("batch_rows_sum"),
    batches: batches.filter(({ runs }) => runs > 0),
    queueMs: mean("queue_duration_seconds") * 1000,
    runMs: mean("model_run_duration_seconds") * 1000,
  };
}

/** Those of several runs as of one. */
export function joinFigures(runs: readonly { readonly [model: string]: ModelFigures }[]): {
  readonly [model: string]: ModelFigures;
} {
  const joined = new Map<string, ModelFigures>();
  for (const [model, figures] of runs.flatMap((run) => Object.entries(run))) {
    const before = joined.get(model);
    joined.set(model, before === undefined ? figures : joinPair(before, figures));
  }
  return Object.fromEntries(joined);
}

function joinPair(one: ModelFigures, two: ModelFigures): ModelFigures {
  const runs = one.runs + two.runs;
  const items = one.items + two.items;
  const sizes = new Map<number, number>();
  for (const { upTo, runs: count } of [...one.batches, ...two.batches]) sizes.set(upTo, (sizes.get(upTo) ?? 0) + count);
  return {
    runs,
    items,
    rows: one.rows + two.rows,
    batches: [...sizes].map(([upTo, count]) => ({ upTo, runs: count })).sort((a, b) => a.upTo - b.upTo),
    queueMs: (one.queueMs * one.items + two.queueMs * two.items) / items,
    runMs: (one.runMs * one.runs + two.runMs * two.runs) / runs,
  };
}

/** User and system time of the server's process so far; processes of its instances are not in it. */
export function cpuSeconds(metrics: Metrics): number | undefined {
  return metrics.get("process_cpu_seconds_total");
}

export async function readMetrics(client: Client, path: string): Promise<Metrics | undefined> {
  try {
    return parseMetrics(await client.text(path));
  } catch {
    // Not a server of ours, or one that keeps its metrics to itself.
    return undefined;
  }
}
