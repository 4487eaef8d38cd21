/**
 * Whether the threads of a group compute together, in one instance, or apart, in an instance each; decided from its runs.
 *
 * Together a lone request is answered soonest. But an operator's threads wait for each other, and for whichever of them the
 * server has taken the core of; threads apart do not, and answer more: on two cores 1.09 times as many of a network of convolutions.
 * So they go apart while requests wait for each other, where that turns out to be worth it, and where the longer
 * runs leave the callers time enough.
 */
export type Layout = "together" | "apart";

export interface EndedRun {
  readonly endedMs: number;
  readonly runMs: number;
  /** Elements of its rows. */
  readonly work: number;
  /** What its most urgent caller allows between arrival and answer. */
  readonly allowedMs: number;
  /** Items that wait meanwhile. */
  readonly waiting: number;
  /** Other instances that run meanwhile. */
  readonly others: number;
}

/** Runs of one kind, one after the other. */
interface Series {
  readonly kind: "crowded" | "lonely";
  readonly fromMs: number;
  runs: number;
  work: number;
  runMs: number;
  /** Whether a caller was among them for whom runs apart are too long. */
  isHurried: boolean;
}

/** Of quicker runs it is the way there and back that takes the time. */
const shortestRunMs = 0.2;
/** So many runs, over so long, are no accident; who is alone should not wait for many. */
const leastRuns = { crowded: 8, lonely: 3 };
const leastMs = 1000;
/** Who comes and goes within so long is answered ever more reluctantly, up to a point. */
const briefMs = 10_000;
const mostReluctantMs = 60_000;
/** Where less was answered apart it is tried again after so long: others may have needed the cores. */
const vainMs = 600_000;
/** A run may take no more than this part of what its callers allow: it waits, too. */
const largestPart = 0.5;

/** Threads that wait for each other within runs lose more than runs of two rows gain then, or of any number. */
const little = { ofTwo: 1.3, ofAny: 1.15 };

/**
 * Whether a model gains so little by larger runs that it does not matter to have them in one instance, with all threads. `gain`:
 * what was measured; of two rows where requests do not share runs, though they might.
 */
export function gainsLittle(gain: number | undefined, shares: boolean): boolean {
  return shares ? gain !== undefined && gain <= little.ofAny : gain === undefined || gain <= little.ofTwo;
}

export class LayoutChoice {
  #layout: Layout = "together";
  #sinceMs = 0;
  #series: Series | undefined;
  #reluctanceMs = leastMs;
  /** Work of a millisecond that was done together, while others waited. */
  #rateTogether = 0;
  /** Runs that do not count yet: they had begun before. */
  #leftOver = 0;
  /** What being apart is worth, once that is known. */
  #worth: "more" | "less" | undefined;

  /** `isWorthwhile`: whether several instances may be worth it, by what is known of the model now. */
  constructor(
    private readonly threads: number,
    private readonly isWorthwhile: () => boolean,
  ) {}

  /** The layout that suits better than the one that there is, now that a run has ended. */
  after(run: EndedRun): Layout | undefined {
    if (this.threads < 2) return undefined;
    if (this.#leftOver > 0) {
      this.#leftOver--;
      return undefined;
    }
    const isHurried = this.#isHurried(run);
    this.#continue(run, isHurried);
    if (this.#layout === "together") return this.#whileTogether(run.endedMs);
    return isHurried ? "together" : this.#whileApart(run.endedMs);
  }

  /** It has been changed. */
  changed(layout: Layout, nowMs: number): void {
    if (layout === "together") this.#reluctanceMs = this.#reluctanceAfter(nowMs - this.#sinceMs);
    if (this.#worth === "less") this.#worth = undefined;
    this.#layout = layout;
    this.#sinceMs = nowMs;
    this.#series = undefined;
    this.#leftOver = this.threads;
  }

  /** It could not be changed, or others needed the memory: not again soon. */
  refused(): void {
    this.#series = undefined;
    this.#reluctanceMs = mostReluctantMs;
  }

  /** After it was apart for so long. */
  #reluctanceAfter(apartMs: number): number {
    if (this.#worth === "less") return vainMs;
    return apartMs < briefMs ? Math.min(2 * this.#reluctanceMs, mostReluctantMs) : leastMs;
  }

  #continue({ endedMs, work, runMs, waiting, others }: EndedRun, isHurried: boolean): void {
    const kind = waiting > 0 ? "crowded" : others === 0 ? "lonely" : undefined;
    if (kind === undefined) {
      this.#series = undefined;
      return;
    }
    if (this.#series?.kind !== kind)
      this.#series = { kind, fromMs: endedMs, runs: 0, work: 0, runMs: 0, isHurried: false };
    this.#series.runs++;
    this.#series.work += work;
    this.#series.runMs += runMs;
    this.#series.isHurried ||= isHurried;
  }

  /** Whether its caller can be answered in time by a run together, and hardly by one apart. */
  #isHurried({ runMs, allowedMs }: EndedRun): boolean {
    const mostMs = allowedMs * largestPart;
    const [togetherMs, apartMs] =
      this.#layout === "together" ? [runMs, runMs * this.threads] : [runMs / this.threads, runMs];
    return togetherMs <= mostMs && apartMs > mostMs;
  }

  #lasts(kind: Series["kind"], nowMs: number, ms: number): Series | undefined {
    const series = this.#series;
    const lasts = series?.kind === kind && series.runs >= leastRuns[kind] && nowMs - series.fromMs >= ms;
    return lasts ? series : undefined;
  }

  #whileTogether(nowMs: number): Layout | undefined {
    const crowd = this.#lasts("crowded", nowMs, this.#reluctanceMs);
    if (crowd === undefined || crowd.isHurried || crowd.runMs / crowd.runs < shortestRunMs || !this.isWorthwhile())
      return undefined;
    this.#rateTogether = crowd.work / crowd.runMs;
    return "apart";
  }

  #whileApart(nowMs: number): Layout | undefined {
    if (this.#lasts("lonely", nowMs, leastMs) !== undefined) return "together";
    const crowd = this.#worth === undefined ? this.#lasts("crowded", nowMs, leastMs) : undefined;
    if (crowd === undefined) return undefined;
    this.#worth = (this.threads * crowd.work) / crowd.runMs < this.#rateTogether ? "less" : "more";
    return this.#worth === "less" ? "together" : undefined;
  }
}
