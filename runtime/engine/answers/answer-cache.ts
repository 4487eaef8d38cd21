/** A model's or an endpoint's answers: kept, or on their way, or asked for. Failures are not kept. */
import type { StopSignal } from "../../stop.js";
import type { ValueRecord } from "../../values/value.js";
import type { Clock } from "../clock.js";
import type { CacheOwner, Observer } from "../observer.js";
import { type CacheLimits, KeptAnswers } from "./kept-answers.js";
import { SingleFlight } from "./single-flight.js";

/** Where an answer came from: kept, from a run that another caller asked for, or from one of its own. */
export type CacheUse = "hit" | "shared" | "miss";

/** Told where an answer comes from. */
export type OnCache = (owner: CacheOwner, use: CacheUse) => void;

export interface AnswerCacheParts<T> {
  readonly owner: CacheOwner;
  readonly limits: CacheLimits;
  /** The same answer, keeping no more alive than itself. */
  readonly compact: (answer: T) => T;
  readonly clock: Clock;
  readonly observer: Observer;
}

export interface Asking {
  readonly signal: StopSignal;
  readonly onUse?: (use: CacheUse) => void;
}

export class AnswerCache<T extends ValueRecord> {
  readonly #kept: KeptAnswers<T>;
  readonly #flights = new SingleFlight<T>();
  #toldEvicted = 0;

  constructor(private readonly parts: AnswerCacheParts<T>) {
    this.#kept = new KeptAnswers(parts.limits);
  }

  limit(limits: CacheLimits): void {
    this.#kept.limit(limits);
    this.#tellKept();
  }

  /** The answer to a question. `key` must hold all that the answer depends on. */
  answer(key: string, { signal, onUse }: Asking, work: (signal: StopSignal) => Promise<T>): Promise<T> {
    const { clock, compact } = this.parts;
    const kept = this.#kept.get(key, clock.now());
    const use = kept !== undefined ? "hit" : this.#flights.has(key) ? "shared" : "miss";
    this.#tell(use);
    onUse?.(use);
    if (kept !== undefined) return Promise.resolve(kept);
    return this.#flights.ask(key, signal, async (wanted) => {
      const answer = compact(await work(wanted));
      this.#kept.put(key, answer, clock.now());
      this.#tellKept();
      return answer;
    });
  }

  close(): void {
    this.parts.observer({ kind: "cache-closed", owner: this.parts.owner });
  }

  #tell(use: CacheUse): void {
    this.parts.observer({ kind: "cache-asked", owner: this.parts.owner, use });
  }

  #tellKept(): void {
    const { bytes, size, evicted } = this.#kept;
    const since = evicted - this.#toldEvicted;
    this.#toldEvicted = evicted;
    this.parts.observer({ kind: "cache-kept", owner: this.parts.owner, bytes, answers: size, evicted: since });
  }
}
