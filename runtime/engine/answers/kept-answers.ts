/** Answers by key, for a while and up to so many bytes; the least recently used go first. */

import { footprint } from "../../values/footprint.js";
import type { ValueRecord } from "../../values/value.js";

export interface CacheLimits {
  readonly maxBytes: number;
  readonly ttlMs: number;
}

interface Kept<T> {
  readonly answer: T;
  readonly bytes: number;
  readonly madeMs: number;
}

/** What a key and its place in the map take, about. */
const entryBytes = 256;

export class KeptAnswers<T extends ValueRecord> {
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;
  #evicted = 0;

  constructor(private limits: CacheLimits) {}

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Answers that had to make room so far. */
  get evicted(): number {
    return this.#evicted;
  }

  limit(limits: CacheLimits): void {
    this.limits = limits;
    this.#makeRoom();
  }

  get(key: string, nowMs: number): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#remove(key, kept);
    if (nowMs - kept.madeMs >= this.limits.ttlMs) return undefined;
    this.#add(key, kept);
    return kept.answer;
  }

  put(key: string, answer: T, nowMs: number): void {
    const known = this.#kept.get(key);
    if (known !== undefined) this.#remove(key, known);
    const bytes = entryBytes + footprint(answer);
    if (bytes > this.limits.maxBytes) return;
    this.#add(key, { answer, bytes, madeMs: nowMs });
    this.#makeRoom();
  }

  #add(key: string, kept: Kept<T>): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #remove(key: string, { bytes }: Kept<T>): void {
    this.#kept.delete(key);
    this.#bytes -= bytes;
  }

  #makeRoom(): void {
    for (const [key, kept] of this.#kept) {
      if (this.#bytes <= this.limits.maxBytes) return;
      this.#remove(key, kept);
      this.#evicted++;
    }
  }
}
