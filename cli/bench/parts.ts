/** Where the time of answers went, from the `Server-Timing` of those that were asked to explain themselves. */

export interface Parts {
  /** How many answers explained themselves. */
  readonly samples: number;
  /** Means, in milliseconds. Models that run at the same time are added up. */
  readonly queueMs: number;
  readonly modelMs: number;
  /** Reading the request, the other steps, writing the answer. */
  readonly otherMs: number;
  /** Outside the server: the network, and waiting for a connection. */
  readonly outsideMs: number;
  /** Each entry of the header by name, its mean in milliseconds. */
  readonly entries: { readonly [name: string]: number };
}

export class PartsTally {
  #samples = 0;
  #totalMs = 0;
  #queueMs = 0;
  #modelMs = 0;
  #outsideMs = 0;
  readonly #entries = new Map<string, number>();

  add(header: string, latencyMs: number): void {
    const entries = parseServerTiming(header);
    const totalMs = entries.get("total");
    if (totalMs === undefined) return;
    this.#samples++;
    this.#totalMs += totalMs;
    this.#outsideMs += Math.max(0, latencyMs - totalMs);
    for (const [name, ms] of entries) {
      if (name.endsWith(".queue")) this.#queueMs += ms;
      if (name.endsWith(".batch")) this.#modelMs += ms;
      this.#entries.set(name, (this.#entries.get(name) ?? 0) + ms);
    }
  }

  join(other: PartsTally): void {
    this.#samples += other.#samples;
    this.#totalMs += other.#totalMs;
    this.#queueMs += other.#queueMs;
    this.#modelMs += other.#modelMs;
    this.#outsideMs += other.#outsideMs;
    for (const [name, ms] of other.#entries) this.#entries.set(name, (this.#entries.get(name) ?? 0) + ms);
  }

  /** Undefined where no answer explained itself. */
  result(): Parts | undefined {
    const samples = this.#samples;
    if (samples === 0) return undefined;
    const [queueMs, modelMs, totalMs] = [this.#queueMs / samples, this.#modelMs / samples, this.#totalMs / samples];
    return {
      samples,
      queueMs,
      modelMs,
      otherMs: Math.max(0, totalMs - queueMs - modelMs),
      outsideMs: this.#outsideMs / samples,
      entries: Object.fromEntries([...this.#entries].map(([name, ms]) => [name, ms / samples])),
    };
  }
}

/** Durations by name. */
export function parseServerTiming(header: string): ReadonlyMap<string, number> {
  const entries = header.matchAll(/([^\s;,"]+);dur=([\d.]+)/g);
  return new Map([...entries].map(([, name = "", ms = ""]) => [name, Number(ms)]));
}
