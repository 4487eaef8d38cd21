/**
 * The sequences of a model, with their states: so many at most, in so many bytes, and none that has rested for too long. A
 * request runs on the state that the one before it has left; one that fails leaves the state as it was.
 */
import { EkibenError } from "../../errors.js";
import type { StopSignal } from "../../stop.js";
import { quote } from "../../suggest.js";
import { compactTensor, footprint } from "../../values/footprint.js";
import type { Clock } from "../clock.js";
import type { Feeds } from "../group/check-feeds.js";
import { mapValues } from "../map-values.js";
import type { Observer, SequenceEnd } from "../observer.js";
import { keyOf, type SequenceCall } from "./sequence-call.js";
import { SequenceTurns } from "./turns.js";

export interface SequenceLimits {
  readonly idleTimeoutMs: number;
  readonly maxSequences: number;
  readonly maxBytes: number;
  /** Requests that may wait for others of their sequence. */
  readonly maxWaiting: number;
}

export interface StoreParts {
  readonly model: string;
  readonly limits: SequenceLimits;
  readonly clock: Clock;
  readonly observer: Observer;
}

/** What a request of a sequence runs on. */
export interface Step {
  readonly version: string;
  /** What the state depends on: it is of no use to another version or another model of the same name. */
  readonly scope: string;
  readonly signal: StopSignal;
}

/** What a request leaves. */
export interface Stepped<T> {
  readonly answer: T;
  readonly state: Feeds;
}

interface Sequence {
  readonly key: string;
  readonly turns: SequenceTurns;
  /** Of its last start that has arrived. */
  version: string;
  /** Absent until its start has run. */
  held: { readonly scope: string; readonly state: Feeds; readonly bytes: number } | undefined;
  usedMs: number;
}

export class SequenceStore {
  /** In the order of their last use. */
  readonly #sequences = new Map<string, Sequence>();
  #limits: SequenceLimits;
  #bytes = 0;
  #waiting = 0;
  #stopSweep: (() => void) | undefined;

  constructor(private readonly parts: StoreParts) {
    this.#limits = parts.limits;
  }

  get size(): number {
    return this.#sequences.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  limit(limits: SequenceLimits): void {
    this.#limits = limits;
    this.#sweep();
    while (this.#sequences.size > limits.maxSequences && this.#evictOne()) {}
    this.#fitBytes();
    this.#tell();
  }

  close(): void {
    this.#stopSweep?.();
    this.#sequences.clear();
    this.parts.observer({ kind: "sequences-closed", model: this.parts.model });
  }

  /** The version that a sequence began with; undefined where there is no such sequence. */
  versionOf(call: SequenceCall): string | undefined {
    return this.#find(keyOf(call))?.version;
  }

  /**
   * Runs a request on its sequence's state, undefined for a start, once those before it are done. Throws `sequence-lost`
   * where there is no such state, `queue-full` where there is no room, and what the work throws.
   */
  async step<T>(call: SequenceCall, step: Step, work: (state: Feeds | undefined) => Promise<Stepped<T>>): Promise<T> {
    const sequence = call.start ? this.#begin(keyOf(call), step.version) : this.#find(keyOf(call));
    if (sequence === undefined) throw this.#lost(call);
    if (sequence.turns.isBusy && this.#waiting >= this.#limits.maxWaiting) throw this.#full();
    this.#waiting++;
    let isWaiting = true;
    const begin = (): void => {
      if (isWaiting) this.#waiting--;
      isWaiting = false;
    };
    try {
      return await sequence.turns.take(step.signal, () => {
        begin();
        return this.#run(sequence, call, step, work);
      });
    } finally {
      begin();
      this.#rest(sequence);
    }
  }

  async #run<T>(
    sequence: Sequence,
    call: SequenceCall,
    { scope }: Step,
    work: (state: Feeds | undefined) => Promise<Stepped<T>>,
  ): Promise<T> {
    if (call.start) this.#hold(sequence, undefined);
    const { held } = sequence;
    if (!call.start && held?.scope !== scope) {
      if (held !== undefined) this.#end("changed");
      this.#hold(sequence, undefined);
      throw this.#lost(call);
    }
    const { answer, state } = await work(held?.state);
    if (call.end) {
      this.#hold(sequence, undefined);
      this.#end("ended");
    } else {
      const own = mapValues(state, compactTensor);
      this.#hold(sequence, { scope, state: own, bytes: footprint(own) });
    }
    return answer;
  }

  #find(key: string): Sequence | undefined {
    const sequence = this.#sequences.get(key);
    if (sequence === undefined || !this.#isOver(sequence)) return sequence;
    this.#drop(sequence, "expired");
    return undefined;
  }

  /** Throws `queue-full` where all that there are have requests. */
  #begin(key: string, version: string): Sequence {
    const known = this.#find(key);
    if (known !== undefined) {
      known.version = version;
      return known;
    }
    if (this.#sequences.size >= this.#limits.maxSequences && !this.#evictOne()) throw this.#full();
    const usedMs = this.parts.clock.now();
    const sequence: Sequence = { key, version, turns: new SequenceTurns(), held: undefined, usedMs };
    this.#sequences.set(key, sequence);
    this.#sweepLater(this.#limits.idleTimeoutMs);
    return sequence;
  }

  #hold(sequence: Sequence, held: Sequence["held"]): void {
    this.#bytes += (held?.bytes ?? 0) - (sequence.held?.bytes ?? 0);
    sequence.held = held;
  }

  /** After a request: the last to go when room is made, or gone where nothing is left of it. */
  #rest(sequence: Sequence): void {
    if (this.#sequences.get(sequence.key) === sequence) {
      this.#sequences.delete(sequence.key);
      sequence.usedMs = this.parts.clock.now();
      if (sequence.turns.isBusy || sequence.held !== undefined) this.#sequences.set(sequence.key, sequence);
    }
    this.#fitBytes();
    this.#tell();
  }

  #isOver({ turns, usedMs }: Sequence): boolean {
    return !turns.isBusy && this.parts.clock.now() - usedMs >= this.#limits.idleTimeoutMs;
  }

  #fitBytes(): void {
    while (this.#bytes > this.#limits.maxBytes && this.#evictOne()) {}
  }

  /** The one that has rested longest makes room; false where none rests. */
  #evictOne(): boolean {
    for (const sequence of this.#sequences.values()) {
      if (sequence.turns.isBusy) continue;
      this.#drop(sequence, this.#isOver(sequence) ? "expired" : "evicted");
      return true;
    }
    return false;
  }

  #drop(sequence: Sequence, why: SequenceEnd): void {
    this.#hold(sequence, undefined);
    this.#sequences.delete(sequence.key);
    this.#end(why);
  }

  #sweep(): void {
    this.#stopSweep?.();
    this.#stopSweep = undefined;
    const nowMs = this.parts.clock.now();
    let nextMs: number | undefined;
    for (const sequence of [...this.#sequences.values()]) {
      if (this.#isOver(sequence)) this.#drop(sequence, "expired");
      else if (!sequence.turns.isBusy) {
        nextMs = sequence.usedMs + this.#limits.idleTimeoutMs;
        break;
      }
    }
    if (this.#sequences.size > 0) this.#sweepLater((nextMs ?? nowMs + this.#limits.idleTimeoutMs) - nowMs);
    this.#tell();
  }

  #sweepLater(ms: number): void {
    this.#stopSweep ??= this.parts.clock.after(ms, () => {
      this.#stopSweep = undefined;
      this.#sweep();
    });
  }

  #lost({ id }: SequenceCall): EkibenError {
    const idleS = this.#limits.idleTimeoutMs / 1000;
    return new EkibenError(
      "sequence-lost",
      `Model ${quote(this.parts.model)} has no state of a sequence ${quote(id)}: it has not been started, was idle for ${idleS} s, had to make room for others, or the model has changed since. Send it again from its first request, with \`start\`.`,
    );
  }

  #full(): EkibenError {
    this.parts.observer({ kind: "item-rejected", model: this.parts.model, code: "queue-full" });
    const message = `Model ${quote(this.parts.model)} has no room for another request of a sequence.`;
    return new EkibenError("queue-full", message, { retryAfterS: 1 });
  }

  #end(cause: SequenceEnd): void {
    this.parts.observer({ kind: "sequence-ended", model: this.parts.model, cause });
  }

  #tell(): void {
    const { model, observer } = this.parts;
    observer({ kind: "sequences-held", model, sequences: this.#sequences.size, bytes: this.#bytes });
  }
}
