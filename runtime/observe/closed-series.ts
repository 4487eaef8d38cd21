/** A version that is gone leaves no series: a service whose versions come and go would have ever more of them. */
import type { Listener } from "./events.js";
import type { Histogram } from "./histogram.js";

/** What is asked of prom-client's registry. */
interface Registry {
  getMetricsAsArray(): readonly { readonly name: string }[];
  getSingleMetric(name: string): Metric | undefined;
}

interface Metric {
  get(): Promise<{ readonly values: readonly { readonly labels: Labels }[] }>;
  remove(labels: Labels): void;
}

/** Labels as a caller of a metric gives them. */
type Labels = Partial<Record<string, string | number>>;

interface OfVersion {
  readonly model: string;
  readonly version?: string;
}

/** Follows which versions of models are open, and removes the series of those that no more are. */
export function forgetClosed(registry: Registry, histograms: readonly Histogram[]): Listener {
  const open = new Map<string, number>();
  return (event) => {
    if (event.kind !== "model-opened" && event.kind !== "model-on-demand" && event.kind !== "model-closed") return;
    const key = keyOf(event);
    const count = (open.get(key) ?? 0) + (event.kind === "model-closed" ? -1 : 1);
    if (count > 0) open.set(key, count);
    else open.delete(key);
    if (count > 0) return;
    for (const histogram of histograms) histogram.forget((labels) => isOf(labels, key));
    void forget(registry, key, () => open.has(key));
  };
}

async function forget(registry: Registry, key: string, isOpen: () => boolean): Promise<void> {
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    const { values = [] } = (await metric?.get()) ?? {};
    for (const { labels } of values) {
      if (isOf(labels, key) && !isOpen()) metric?.remove(labels);
    }
  }
}

function isOf({ model, version }: Labels, key: string): boolean {
  return version !== undefined && keyOf({ model: String(model), version: String(version) }) === key;
}

function keyOf({ model, version = "1" }: OfVersion): string {
  return JSON.stringify([model, version]);
}
