/**
 * Histograms that cost a request next to nothing: prom-client finds a series by the text of its labels and a bucket by the text
 * of its bound, for each value, which is a thirtieth of what a server of a tiny model does. Printed as prom-client prints its own:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

/** Values by name. */
export type Labels = Readonly<Record<string, string>>;

export interface HistogramSpec {
  readonly name: string;
  readonly help: string;
  /** Upper limits of the buckets, which grow; beyond the last there is one more. */
  readonly bounds: readonly number[];
}

/** The values that were seen with the same labels. */
export class Series {
  readonly #bounds: readonly number[];
  /** Of each bucket alone, the last one without a limit. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(
    readonly labels: Labels,
    bounds: readonly number[],
  ) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && !(value <= (bounds[bucket] ?? 0))) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  print(name: string): readonly string[] {
    const own = Object.entries(this.labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
    const lines: string[] = [];
    let count = 0;
    for (const [bucket, inside] of this.#counts.entries()) {
      count += inside;
      lines.push(`${name}_bucket{${[`le="${this.#bounds[bucket] ?? "+Inf"}"`, ...own].join(",")}} ${count}`);
    }
    return [
      ...lines,
      `${name}_sum{${own.join(",")}} ${numberText(this.#sum)}`,
      `${name}_count{${own.join(",")}} ${count}`,
    ];
  }
}

export class Histogram {
  readonly #series = new Map<string, Series>();

  constructor(private readonly spec: HistogramSpec) {}

  /** The values with such labels; `key` tells these from all others. */
  of(key: string, labels: Labels): Series {
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Series(labels, this.spec.bounds);
      this.#series.set(key, series);
    }
    return series;
  }

  /** Removes the series whose labels are those that are asked for. */
  forget(isMeant: (labels: Labels) => boolean): void {
    for (const [key, { labels }] of this.#series) if (isMeant(labels)) this.#series.delete(key);
  }

  print(): string {
    const { name, help } = this.spec;
    const lines = [...this.#series.values()].flatMap((series) => series.print(name));
    return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} histogram`, ...lines, ""].join("\n");
  }
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : `${value > 0 ? "+" : "-"}Inf`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
