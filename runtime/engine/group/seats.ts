/**
 * The seats of a group: each holds an instance. One whose instance ends is quarantined and gets another, at once unless
 * the last was of no use. Here it is known which instance is idle, and whether there is any.
 */
import type { Clock } from "../clock.js";
import type { Ending } from "../instances/ending.js";
import type { Instance } from "../instances/instance.js";
import type { Observer } from "../observer.js";
import { Availability, type SeatsState } from "./availability.js";
import { nextRestart } from "./back-off.js";
import { newPlace, type Place, type Seat, type SeatState } from "./seat.js";

export interface SeatsParts {
  /** Of the model, for what is told of it. */
  readonly name: string;
  readonly instances: readonly Instance[];
  /** Opens an instance in place of another, by its seat's number, best apart from the others. */
  readonly reopen: (seat: number, others: readonly Instance[]) => Promise<Instance>;
  /** Told when a seat may have become idle, and when nothing is busy any more. */
  readonly onIdle: () => void;
  /** Told when no instance lives and none will soon: what waits has nothing to wait for. */
  readonly onDown: () => void;
  readonly observer: Observer;
  readonly clock: Clock;
}

/** Nothing is sent behind a run that has gone on for longer: it may not come back. */
const promptMs = 10;

export class Seats {
  private places: readonly Place[];
  /** Batches that run and instances that reopen. */
  private pending = 0;
  private isClosed = false;
  private readonly availability: Availability;
  private retired: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SeatsParts) {
    this.availability = new Availability(parts);
    this.places = parts.instances.map((instance, number) => this.place(instance, number));
  }

  get state(): SeatsState {
    return this.availability.state;
  }

  /** Instances that live. */
  get count(): number {
    let count = 0;
    for (const { state } of this.places) if (state.kind === "ready") count++;
    return count;
  }

  /** Instances that run. */
  get running(): number {
    let count = 0;
    for (const { state } of this.places) if (state.kind === "ready" && state.running > 0) count++;
    return count;
  }

  /** Batches that have been sent behind those that run. */
  get behind(): number {
    let count = 0;
    for (const { state } of this.places) if (state.kind === "ready") count += Math.max(0, state.running - 1);
    return count;
  }

  /** How long the run has gone on that began first. */
  get longestRunMs(): number {
    const nowMs = this.parts.clock.now();
    let longest = 0;
    for (const { state } of this.places)
      if (state.kind === "ready" && state.running > 0) longest = Math.max(longest, nowMs - state.runsFromMs);
    return longest;
  }

  /** Whether a batch runs or an instance is being opened. */
  get busy(): boolean {
    return this.pending > 0;
  }

  /** Seconds until an instance may be there again. */
  get backInS(): number {
    const nowMs = this.parts.clock.now();
    const waits = this.places.map(({ state, openMs }) => {
      if (state.kind === "ready") return 0;
      return openMs + (state.kind === "quarantined" ? Math.max(0, state.untilMs - nowMs) : 0);
    });
    return Math.min(...waits) / 1000;
  }

  /** A seat that has fewer batches than `depth`, and whose first has not gone on for long; one that has none first. */
  idle(depth: number): Seat | undefined {
    const nowMs = this.parts.clock.now();
    let found: Seat | undefined;
    for (const { state } of this.places) {
      if (state.kind !== "ready" || !state.instance.alive || state.running >= depthOf(state.instance, depth)) continue;
      if (state.running === 0) return state;
      if (nowMs - state.runsFromMs <= promptMs) found ??= state;
    }
    return found;
  }

  /** Keeps a seat busy with work that never fails. */
  occupy(seat: Seat, work: Promise<void>): void {
    if (seat.running === 0) seat.runsFromMs = this.parts.clock.now();
    seat.running++;
    this.pending++;
    void work.then(() => {
      seat.running--;
      seat.runsFromMs = this.parts.clock.now();
      seat.hasAnswered ||= seat.instance.alive;
      this.pending--;
      if (seat.isRetired) this.dismiss(seat);
      this.parts.onIdle();
    });
  }

  /**
   * Opens all instances anew, one after the other; each takes its place while the one before still runs what it was given. What
   * is being opened anyway is left to that. Rejects with what kept one from opening, which leaves the one before in its place.
   */
  async renew(): Promise<void> {
    for (const place of this.places) {
      const { state } = place;
      if (state.kind !== "ready" || this.isClosed) continue;
      this.pending++;
      try {
        const instance = await this.parts.reopen(place.number, this.instances(place));
        if (place.state === state) {
          this.seat(place, instance, "ready");
          state.isRetired = true;
          this.dismiss(state);
        } else await instance.close();
      } finally {
        this.pending--;
        this.parts.onIdle();
      }
    }
  }

  /**
   * Opens so many instances beside those that are there, which they replace all at once; those end once they have run what they
   * were given. Rejects with what kept one from opening, which leaves everything as it was.
   */
  async replace(count: number): Promise<void> {
    if (this.isClosed) return;
    this.pending++;
    const opened: Instance[] = [];
    try {
      const before = this.places;
      while (opened.length < count)
        opened.push(await this.parts.reopen(opened.length, [...this.instances(), ...opened]));
      this.places = opened.map((instance, number) => this.place(instance, number));
      for (const { state } of before) this.retire(state);
      this.review();
    } catch (error) {
      await Promise.all(opened.map((instance) => instance.close()));
      throw error;
    } finally {
      this.pending--;
      this.parts.onIdle();
    }
  }

  private place(instance: Instance, number: number): Place {
    const place = newPlace(number);
    this.seat(place, instance, null);
    return place;
  }

  /** Its place is gone. */
  private retire(state: SeatState): void {
    this.tell(state.kind, null);
    if (state.kind === "ready") {
      state.isRetired = true;
      this.dismiss(state);
    } else state.stopTimer();
  }

  private dismiss({ running, instance }: Seat): void {
    if (running === 0) this.retired = Promise.all([this.retired, instance.close()]);
  }

  private instances(except?: Place): readonly Instance[] {
    return this.places.flatMap((place) =>
      place !== except && place.state.kind === "ready" ? [place.state.instance] : [],
    );
  }

  /** Opens no more instances, and closes those that live. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.availability.close();
    const closing: Promise<unknown>[] = [this.retired];
    for (const place of this.places) {
      const { state } = place;
      if (state.kind === "ready") closing.push(state.instance.close());
      else state.stopTimer();
      this.tell(state.kind, null);
    }
    await Promise.all(closing);
  }

  private seat(place: Place, instance: Instance, from: SeatState["kind"] | null): void {
    const seat: Seat = {
      kind: "ready",
      instance,
      sinceMs: this.parts.clock.now(),
      running: 0,
      runsFromMs: 0,
      hasAnswered: false,
      isRetired: false,
    };
    place.state = seat;
    this.tell(from, "ready");
    void instance.ended.then((ending) => {
      if (place.state === seat && this.has(place)) this.lose(place, seat, ending);
    });
  }

  private lose(place: Place, { sinceMs, hasAnswered }: Seat, { cause, reason }: Ending): void {
    const { name, observer, clock } = this.parts;
    observer({ kind: "instance-lost", model: name, instance: place.number, cause, reason });
    this.availability.lastReason = reason;
    this.restart(place, clock.now() - sinceMs, hasAnswered);
  }

  /** Opens the next instance of a seat now or later, by what became of the last one. */
  private restart(place: Place, livedMs: number | undefined, hasAnswered: boolean): void {
    const { clock } = this.parts;
    const { failures, delayMs } = nextRestart({ ...place, livedMs, hasAnswered });
    place.failures = failures;
    if (delayMs === 0) {
      void this.reopen(place);
      return;
    }
    const stopTimer = clock.after(delayMs, () => void this.reopen(place));
    if (failures === 0) this.move(place, { kind: "restarting", stopTimer });
    else this.move(place, { kind: "quarantined", untilMs: clock.now() + delayMs, stopTimer });
  }

  private async reopen(place: Place): Promise<void> {
    const { name, clock, observer, reopen } = this.parts;
    this.move(place, { kind: "restarting", stopTimer: () => {} });
    this.pending++;
    const startMs = clock.now();
    try {
      const instance = await reopen(place.number, this.instances(place));
      place.openMs = clock.now() - startMs;
      if (!this.has(place)) await instance.close();
      else {
        observer({ kind: "instance-restarted", model: name, instance: place.number, durationMs: place.openMs });
        this.seat(place, instance, "restarting");
      }
    } catch (error) {
      this.availability.lastReason = error instanceof Error ? error.message : String(error);
      observer({ kind: "restart-failed", model: name, instance: place.number, message: this.availability.lastReason });
      if (this.has(place)) this.restart(place, undefined, false);
    }
    this.pending--;
    this.review();
    this.parts.onIdle();
  }

  private move(place: Place, to: SeatState): void {
    const from = place.state.kind;
    place.state = to;
    this.tell(from, to.kind);
    this.review();
  }

  /** Whether what becomes of a place still matters. */
  private has(place: Place): boolean {
    return !this.isClosed && this.places.includes(place);
  }

  private review(): void {
    this.availability.review(new Set(this.places.map(({ state }) => state.kind)));
  }

  private tell(from: SeatState["kind"] | null, to: SeatState["kind"] | null): void {
    if (from !== to) this.parts.observer({ kind: "instance-state", model: this.parts.name, from, to });
  }
}

/** On the main thread a batch cannot be on its way while another runs. */
function depthOf({ place }: Instance, depth: number): number {
  return place === "main-thread" ? 1 : depth;
}
