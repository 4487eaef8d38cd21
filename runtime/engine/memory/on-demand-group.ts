/**
 * A model that is loaded when somebody asks for it, and gives its memory back when another needs it. Requests wait while
 * it is loaded; one that cannot be loaded turns them away, and is tried again with back-off.
 */
import { EkibenError } from "../../errors.js";
import type { PlanModel } from "../../plan/plan.js";
import { Stop } from "../../stop.js";
import type { Clock } from "../clock.js";
import { checkFeeds, type Feeds } from "../group/check-feeds.js";
import type { GroupState, ModelGroup, Placement, Residency } from "../group/model-group.js";
import type { MeasuredRun } from "../group/run-cost.js";
import type { SubmitOptions } from "../group/submission.js";
import type { Observer, ResidencyState } from "../observer.js";
import type { OutputRows } from "../open/warm-up.js";
import { patienceMs } from "./claim-in-time.js";
import { LoadQueue } from "./load-queue.js";
import { type Evictable, type MemoryBudget, MemoryShortError, type Reservation } from "./memory-budget.js";
import { residencyObserver } from "./residency-observer.js";
import { whyNotLoaded } from "./why-not-loaded.js";

export interface OnDemandParts {
  readonly name: string;
  readonly version: string;
  readonly model: PlanModel;
  readonly memory: MemoryBudget;
  /** What it will take, as things are now. */
  readonly estimate: () => Promise<number>;
  /** Opens it, with such a share of the cores. Throws `ModelOpenError`. */
  readonly open: (observer: Observer, threads: number) => Promise<ModelGroup>;
  /** Of an instance that shares the cores. */
  readonly threads: number;
  readonly observer: Observer;
  readonly clock: Clock;
}

type State =
  | { readonly kind: "unloaded" }
  /** It could not be loaded. */
  | { readonly kind: "broken"; readonly message: string; readonly againMs: number; readonly failures: number }
  | { readonly kind: "loading"; readonly stop: Stop }
  | { readonly kind: "loaded"; readonly group: ModelGroup; readonly reservation: Reservation }
  | { readonly kind: "unloading" };

const residencyStates = {
  unloaded: "unloaded",
  broken: "unloaded",
  loading: "loading",
  loaded: "ready",
  unloading: "unloading",
} as const satisfies Record<State["kind"], ResidencyState>;

const firstDelayMs = 100;
const longestDelayMs = 30_000;

export class OnDemandGroup implements ModelGroup, Evictable {
  readonly #queue: LoadQueue;
  readonly #observer: Observer;
  #state: State = { kind: "unloaded" };
  /** What is under way: being loaded or let go. */
  #moving: Promise<void> = Promise.resolve();
  #last: Pick<ModelGroup, "measured" | "outputRows"> | undefined;
  #threads: number;
  #lastUsedMs = 0;
  #running = 0;
  #loads = 0;
  #evictions = 0;
  #loadMs = 0;
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: OnDemandParts) {
    const { name, model, threads, clock, observer } = parts;
    this.#threads = threads;
    this.#observer = residencyObserver(observer);
    this.#queue = new LoadQueue({
      queue: model.queue,
      clock,
      onChange: (left) => {
        if (left !== undefined) observer({ kind: "item-rejected", model: name, code: left });
        observer({ kind: "queue-length", model: name, length: this.#queue.size });
        if (this.#queue.size === 0 && this.#state.kind === "loading") this.#state.stop.abort();
      },
    });
    observer({ kind: "model-on-demand", model: name });
    this.#tell(null, "unloaded");
  }

  get state(): GroupState {
    if (this.#closing !== undefined) return { kind: "closed" };
    const state = this.#state;
    switch (state.kind) {
      case "loaded":
        return state.group.state;
      case "broken":
        return { kind: "unloaded", problem: state.message };
      case "loading":
        return { kind: "loading" };
      default:
        return { kind: "unloaded" };
    }
  }

  get placement(): Placement | undefined {
    return this.#state.kind === "loaded" ? this.#state.group.placement : undefined;
  }

  get residency(): Residency {
    return { loads: this.#loads, evictions: this.#evictions };
  }

  get waiting(): number {
    return this.#state.kind === "loaded" ? this.#state.group.waiting : this.#queue.size;
  }

  get measured(): readonly MeasuredRun[] {
    return this.#last?.measured ?? [];
  }

  get lastUsedMs(): number {
    return this.#lastUsedMs;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  outputRows(name: string): OutputRows {
    return this.#last?.outputRows(name) ?? "whole";
  }

  async submit(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds> {
    this.#lastUsedMs = this.parts.clock.now();
    this.#running++;
    try {
      if (this.#closing === undefined && this.#state.kind === "loaded")
        return await this.#state.group.submit(feeds, rows, options);
      this.#admit(feeds, rows, options);
      const answer = this.#queue.wait(feeds, rows, options);
      this.#load();
      return await answer;
    } finally {
      this.#running--;
    }
  }

  /** Loads it before anybody can ask for it, unless there is no memory. Throws why it does not open. */
  async load(): Promise<void> {
    const { memory, estimate, clock } = this.parts;
    if (!memory.canHold(await estimate())) return;
    const stop = new Stop();
    const stopTimer = clock.after(patienceMs, () => stop.abort());
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure = error;
      this.#enter({ kind: "unloaded" });
    };
    await this.#move({ kind: "loading", stop }, () => this.#open(stop, fail));
    stopTimer();
    if (failure !== undefined && !(failure instanceof MemoryShortError)) throw failure;
  }

  async useThreads(threads: number): Promise<void> {
    this.#threads = threads;
    if (this.#state.kind === "loaded") await this.#state.group.useThreads(threads);
  }

  /** Lets it go; when somebody waits for it then, it is loaded again, in its turn. */
  evict(): Promise<void> {
    const state = this.#state;
    if (state.kind !== "loaded") return this.#moving;
    this.#evictions++;
    this.parts.observer({ kind: "model-evicted", model: this.parts.name });
    return this.#move({ kind: "unloading" }, () => this.#unload(state.group, state.reservation));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Throws where it may not wait for the model to be loaded. */
  #admit(feeds: Feeds, rows: number | null, options: SubmitOptions): void {
    const { name, model, clock } = this.parts;
    if (this.#closing !== undefined) throw this.#rejected("not-ready", `Model "${name}" is not ready.`);
    if (options.signal.aborted) throw this.#rejected("cancelled", "The caller left before the answer was ready.");
    checkFeeds(name, model.inputs, feeds, rows);
    const state = this.#state;
    if (state.kind === "broken" && clock.now() < state.againMs)
      throw this.#rejected("not-ready", state.message, (state.againMs - clock.now()) / 1000);
    if (!this.#queue.hasRoom(options))
      throw this.#rejected("queue-full", `Too many requests wait for model "${name}".`, this.#loadMs / 1000);
  }

  #rejected(code: "cancelled" | "not-ready" | "queue-full", message: string, retryAfterS = 0): EkibenError {
    this.parts.observer({ kind: "item-rejected", model: this.parts.name, code });
    return new EkibenError(code, message, { retryAfterS });
  }

  /** Once, however many wait for it. */
  #load(): void {
    const state = this.#state;
    if (state.kind !== "unloaded" && state.kind !== "broken") return;
    const stop = new Stop();
    const failures = state.kind === "broken" ? state.failures : 0;
    void this.#move({ kind: "loading", stop }, () => this.#open(stop, (error) => this.#failed(error, failures)));
  }

  #move(state: State, work: () => Promise<void>): Promise<void> {
    this.#enter(state);
    this.#moving = work();
    return this.#moving;
  }

  #enter(state: State): void {
    const from = residencyStates[this.#state.kind];
    this.#state = state;
    this.#tell(from, residencyStates[state.kind]);
  }

  #tell(from: ResidencyState | null, to: ResidencyState | null): void {
    if (from !== to) this.parts.observer({ kind: "residency-state", model: this.parts.name, from, to });
  }

  async #open(stop: Stop, fail: (error: unknown) => void): Promise<void> {
    const { name: model, version, memory, estimate, open, clock } = this.parts;
    const startMs = clock.now();
    let reservation: Reservation | undefined;
    try {
      const bytes = await estimate();
      [reservation] = await memory.claim([{ model, version, bytes, isEvictable: true }], stop);
      const group = await open(this.#observer, this.#threads);
      this.#loaded(group, reservation, clock.now() - startMs);
    } catch (error) {
      reservation?.release();
      if (reservation === undefined && stop.aborted) this.#withdrawn();
      else fail(error);
    }
  }

  #loaded(group: ModelGroup, reservation: Reservation | undefined, tookMs: number): void {
    if (reservation === undefined) throw new Error("invariant: what is claimed is reserved");
    this.#loads++;
    this.#loadMs = tookMs;
    this.#last = group;
    this.#enter({ kind: "loaded", group, reservation });
    this.#queue.emptyInto(group);
    // Its share may have changed while it was loaded.
    void group.useThreads(this.#threads);
    // Those who waited for it are answered, whoever needs its memory.
    reservation.offer(this);
  }

  /** All had left before there was memory for it; somebody may have come since. */
  #withdrawn(): void {
    this.#enter({ kind: "unloaded" });
    if (this.#queue.size > 0) this.#load();
  }

  #failed(error: unknown, failures: number): void {
    const { name, clock, observer } = this.parts;
    const message = whyNotLoaded(name, error);
    const delayMs = Math.min(firstDelayMs * 2 ** failures, longestDelayMs);
    observer({ kind: "load-failed", model: name, message, againInMs: delayMs });
    this.#enter({ kind: "broken", message, againMs: clock.now() + delayMs, failures: failures + 1 });
    this.#queue.fail(this.#rejected("not-ready", message, delayMs / 1000));
  }

  async #unload(group: ModelGroup, reservation: Reservation): Promise<void> {
    await this.#release(group, reservation);
    this.#enter({ kind: "unloaded" });
    if (this.#queue.size > 0) this.#load();
  }

  async #release(group: ModelGroup, reservation: Reservation): Promise<void> {
    this.#last = { measured: group.measured, outputRows: keptRows(group, this.parts.model) };
    await group.close();
    reservation.release();
  }

  async #close(): Promise<void> {
    // What waits was accepted, and is answered; it may take a load, which may take another's going.
    for (let moving: Promise<void> | undefined; moving !== this.#moving; ) {
      moving = this.#moving;
      await moving;
    }
    const state = this.#state;
    if (state.kind === "loaded")
      await this.#move({ kind: "unloading" }, () => this.#release(state.group, state.reservation));
    this.#tell(residencyStates[this.#state.kind], null);
    this.parts.observer({ kind: "model-closed", model: this.parts.name });
  }
}

/** What is known of the outputs outlives the sessions. */
function keptRows(group: ModelGroup, { outputs }: PlanModel): (name: string) => OutputRows {
  const rows = new Map(outputs.map(({ name }) => [name, group.outputRows(name)]));
  return (name) => rows.get(name) ?? "whole";
}
