/**
 * Latencies counted in buckets that grow with their value, as HdrHistogram does: memory is bounded, and a percentile is at
 * most 1 in 128 above the exact one. The least, the greatest and the mean are exact.
 */

const subBits = 7;
const subBuckets = 2 ** subBits;
/** An hour and more, in microseconds; what takes longer counts as this. */
const mostMicros = 2 ** 32 - 1;

export class LatencyHistogram {
  readonly #counts = new Float64Array((32 - subBits + 1) * subBuckets);
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  record(ms: number): void {
    const micros = Math.min(Math.max(Math.round(ms * 1000), 0), mostMicros);
    const index = indexOf(micros);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count++;
    this.#sum += micros;
    this.#min = Math.min(this.#min, micros);
    this.#max = Math.max(this.#max, micros);
  }

  /** Counts what another one counted as well. */
  add(other: LatencyHistogram): void {
    for (const [index, count] of other.#counts.entries()) this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  get count(): number {
    return this.#count;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count / 1000;
  }

  get minMs(): number {
    return this.#count === 0 ? 0 : this.#min / 1000;
  }

  get maxMs(): number {
    return this.#max / 1000;
  }

  /** By nearest rank: the least latency that so many per cent do not exceed. 0 where nothing was counted. */
  percentile(percent: number): number {
    // What is a whole number but for the error of the division is that number.
    const rank = Math.max(1, Math.ceil((percent * this.#count) / 100 - 1e-9));
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return Math.min(greatestOf(index), this.#max) / 1000;
    }
    return 0;
  }

  /** How many are above each edge and not above the next one. Edges rise; what is above the last is not counted. */
  between(edgesMs: readonly number[]): readonly number[] {
    const counts = new Array<number>(Math.max(0, edgesMs.length - 1)).fill(0);
    for (const [index, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const ms = Math.min(greatestOf(index), this.#max) / 1000;
      const row = edgesMs.findIndex((edge, at) => ms > edge && ms <= (edgesMs[at + 1] ?? Number.NEGATIVE_INFINITY));
      if (row !== -1) counts[row] = (counts[row] ?? 0) + count;
    }
    return counts;
  }
}

/** Below two times `subBuckets` each microsecond has its own bucket; from there each doubling has `subBuckets`. */
function indexOf(micros: number): number {
  const shift = Math.max(0, 31 - Math.clz32(micros) - subBits);
  return shift * subBuckets + (micros >>> shift);
}

function greatestOf(index: number): number {
  const shift = Math.max(0, Math.floor(index / subBuckets) - 1);
  return (index - shift * subBuckets + 1) * 2 ** shift - 1;
}
