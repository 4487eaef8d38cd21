/** A model that runs: a bounded queue, a dynamic batcher and the instances that it keeps busy. */
import { EkibenError } from "../../errors.js";
import type { DeviceName, Isolation, PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import type { Instance } from "../instances/instance.js";
import { mapValues } from "../map-values.js";
import type { Observer } from "../observer.js";
import { emptyResult } from "../open/made-up.js";
import type { OutputRows } from "../open/warm-up.js";
import { checkRows, failureOf, feedsOf, isModelFailure, latestDeadlineMs, rowsIn, tellRun } from "./batch.js";
import { type BatchPolicy, nextBatch } from "./batcher.js";
import { checkFeeds, type Feeds } from "./check-feeds.js";
import { DrainRate } from "./drain-rate.js";
import { takeRows } from "./rows.js";
import { type Seat, Seats } from "./seats.js";
import { bucketOf, canShare } from "./sharing.js";
import { type Cutting, type Piece, Submission, type SubmitOptions } from "./submission.js";

export type GroupState =
  | { readonly kind: "ready" }
  /** No instance lives, and one is being opened: requests wait for it, for a while. */
  | { readonly kind: "restarting" }
  /** No instance lives, and none is expected soon: requests are turned away until there is one again. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "closed" };

/** Where a group runs, and why not where it was preferred. */
export interface Placement {
  readonly device: DeviceName;
  readonly instances: number;
  readonly isolation: Isolation;
  readonly intraOpThreads: number;
  /** A sentence for each device that was preferred and did not work. */
  readonly notes: readonly string[];
}

export interface ModelGroup {
  readonly state: GroupState;
  readonly placement: Placement;
  /** Items that wait for an instance. */
  readonly waiting: number;
  /** Whether an output's first dimension counts the rows of the inputs. */
  outputRows(name: string): OutputRows;
  /**
   * Runs one item. Feeds already hold the row dimension where the model has one; `rows` null: never shared, run alone as
   * they are. Throws `invalid-input`, `queue-full`, `deadline-exceeded`, `cancelled`, `model-failed`, `not-ready`, `instance-lost`
   * or `internal`.
   */
  submit(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds>;
  /** Takes nothing more, lets what was taken be answered, and releases the sessions. */
  close(): Promise<void>;
}

export interface GroupParts {
  readonly name: string;
  readonly model: PlanModel;
  readonly instances: readonly Instance[];
  readonly placement: Placement;
  readonly outputRows: ReadonlyMap<string, OutputRows>;
  /** Opens an instance in place of one that ended, by its number. */
  readonly reopen: (instance: number) => Promise<Instance>;
  readonly observer: Observer;
  readonly clock: Clock;
}

/** Runs shorter than this are asked for two at a time, so that a lane does not idle while its answer is on the way. */
const shortRunMs = 1;
const oneByOne: BatchPolicy = { maxBatchSize: Number.POSITIVE_INFINITY, maxQueueDelayMs: 0 };

export class InstanceGroup implements ModelGroup {
  private queue: Piece[] = [];
  private readonly seats: Seats;
  private dispatchSoon = false;
  private stopTimer: () => void = () => {};
  private onDrained: () => void = () => {};
  private isClosed = false;
  private closing: Promise<void> | undefined;
  private readonly rate = new DrainRate();
  private readonly policy: BatchPolicy | undefined;
  private readonly inputsWithRows: ReadonlySet<string>;

  constructor(private readonly parts: GroupParts) {
    this.seats = new Seats({ ...parts, onIdle: () => this.dispatch(), onDown: () => this.turnAway() });
    this.policy = canShare(parts.model, parts.outputRows) ? parts.model.batching : undefined;
    this.inputsWithRows = new Set(parts.model.inputs.filter(({ batchable }) => batchable).map(({ name }) => name));
  }

  get state(): GroupState {
    if (this.isClosed) return { kind: "closed" };
    const { state } = this.seats;
    return state.kind === "down" ? { kind: "failed", message: state.reason } : state;
  }

  get placement(): Placement {
    return this.parts.placement;
  }

  get waiting(): number {
    return new Set(this.queue.map(({ submission }) => submission)).size;
  }

  outputRows(name: string): OutputRows {
    return this.parts.outputRows.get(name) ?? "whole";
  }

  async submit(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds> {
    const { name, model, clock } = this.parts;
    const { kind } = this.state;
    if (kind === "closed") throw this.rejected("not-ready", `Model "${name}" is not ready.`);
    if (kind === "failed") throw this.rejected("not-ready", this.whyDown());
    if (options.signal.aborted) throw this.rejected("cancelled", "The caller left before the answer was ready.");
    const sizes = checkFeeds(name, model.inputs, feeds, rows);
    if (rows === 0) return emptyResult(model.outputs, sizes, (output) => this.outputRows(output) === "rows");
    if (this.queue.length >= model.queue.maxSize && this.waiting >= model.queue.maxSize)
      throw this.rejected("queue-full", `Too many requests wait for model "${name}".`);
    const submission = new Submission(feeds, this.cutting(feeds, rows), clock, options.onRun);
    this.enqueue(submission, options);
    return submission.result;
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async drain(): Promise<void> {
    this.isClosed = true;
    await new Promise<void>((resolve) => {
      this.onDrained = resolve;
      this.checkDrained();
    });
    await this.seats.close();
    this.parts.observer({ kind: "model-closed", model: this.parts.name });
  }

  private cutting(feeds: Feeds, rows: number | null): Cutting {
    if (rows === null || this.policy === undefined) return { kind: "whole", rows };
    const { maxBatchSize: maxRows } = this.policy;
    return { kind: "rows", rows, maxRows, bucket: bucketOf(this.parts.model.inputs, feeds) };
  }

  private enqueue(submission: Submission, options: SubmitOptions): void {
    const { name, model, clock, observer } = this.parts;
    submission.watch({ ...options, queueTimeoutMs: model.queue.timeoutMs }, clock, (code) => {
      observer({ kind: "item-rejected", model: name, code });
      this.forget(submission);
    });
    for (const piece of submission.pieces) this.queue.push(piece);
    observer({ kind: "queue-length", model: name, length: this.queue.length });
    this.schedule();
  }

  /** Where requests share runs, those that arrive in one moment meet; else there is nothing to wait for. */
  private schedule(): void {
    if (this.dispatchSoon) return;
    if (this.policy === undefined) {
      this.dispatch();
      return;
    }
    this.dispatchSoon = true;
    this.parts.clock.soon(() => {
      this.dispatchSoon = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    this.stopTimer();
    for (let seat = this.idleSeat(); seat !== undefined; seat = this.idleSeat()) {
      const nowMs = this.parts.clock.now();
      const decision = nextBatch(this.queue, nowMs, this.policy ?? oneByOne);
      if (decision.kind === "nothing") break;
      if (decision.kind === "wait") {
        this.stopTimer = this.parts.clock.after(decision.untilMs - nowMs, () => this.dispatch());
        break;
      }
      this.run(seat, this.take(decision.batch, nowMs));
    }
    this.checkDrained();
  }

  private idleSeat(): Seat | undefined {
    return this.seats.idle((this.rate.runMs ?? Number.POSITIVE_INFINITY) < shortRunMs ? 2 : 1);
  }

  /** Takes a batch out of the queue, without the pieces that nobody waits for any more. */
  private take(batch: readonly Piece[], nowMs: number): readonly Piece[] {
    const taken = new Set(batch);
    this.queue = this.queue.filter((piece) => !taken.has(piece));
    this.parts.observer({ kind: "queue-length", model: this.parts.name, length: this.queue.length });
    return batch.filter(({ submission }) => submission.start(nowMs));
  }

  private run(seat: Seat, batch: readonly Piece[]): void {
    if (batch.length > 0) this.seats.occupy(seat, this.runBatch(seat.instance, batch));
  }

  /** When a batch fails its pieces run again, each alone, so that only those at fault fail. */
  private async runBatch(instance: Instance, batch: readonly Piece[]): Promise<void> {
    const startMs = this.parts.clock.now();
    try {
      const { outputs, runMs } = await instance.run(
        feedsOf(batch, (input) => this.inputsWithRows.has(input)),
        latestDeadlineMs(batch),
      );
      this.deliver(batch, outputs);
      tellRun(batch, startMs, runMs);
      this.rate.record(batch.length, runMs);
      this.observeBatch(batch, startMs, runMs, false);
    } catch (error) {
      this.observeBatch(batch, startMs, this.parts.clock.now() - startMs, true);
      if (batch.length === 1 || !isModelFailure(error)) return this.failAll(batch, error);
      for (const piece of batch) if (!piece.submission.settled) await this.runBatch(instance, [piece]);
    }
  }

  private deliver(batch: readonly Piece[], outputs: Feeds): void {
    if (batch[0]?.whole === false) checkRows(this.parts.name, outputs, rowsIn(batch));
    let from = 0;
    for (const piece of batch) {
      const to = from + piece.rows;
      const own = piece.whole ? outputs : mapValues(outputs, (tensor) => takeRows({ tensor, from, to }));
      if (!piece.submission.settled) piece.submission.deliver(piece, own, this.parts.outputRows);
      from = to;
    }
  }

  private failAll(batch: readonly Piece[], error: unknown): void {
    for (const { submission } of batch) {
      if (!submission.settled) submission.fail(failureOf(this.parts.name, error));
      this.forget(submission);
    }
  }

  private forget(submission: Submission): void {
    this.queue = this.queue.filter((piece) => piece.submission !== submission);
    if (this.queue.length === 0) this.stopTimer();
    this.parts.observer({ kind: "queue-length", model: this.parts.name, length: this.queue.length });
    this.checkDrained();
  }

  private turnAway(): void {
    for (const { submission } of this.queue)
      if (!submission.settled) submission.fail(this.rejected("not-ready", this.whyDown()));
    this.queue = [];
    this.checkDrained();
  }

  private whyDown(): string {
    return `Model "${this.parts.name}" has no instance that lives; they are being opened again.`;
  }

  private checkDrained(): void {
    if (this.isClosed && this.queue.length === 0 && !this.seats.busy) this.onDrained();
  }

  private rejected(code: "queue-full" | "cancelled" | "not-ready", message: string): EkibenError {
    this.parts.observer({ kind: "item-rejected", model: this.parts.name, code });
    const drainS = this.rate.drainS(this.queue.length, this.seats.count);
    return new EkibenError(code, message, { retryAfterS: code === "queue-full" ? drainS : this.seats.backInS });
  }

  private observeBatch(batch: readonly Piece[], startMs: number, runMs: number, failed: boolean): void {
    this.parts.observer({
      kind: "batch-done",
      model: this.parts.name,
      items: batch.length,
      rows: rowsIn(batch),
      queueMs: batch.map(({ arrivedMs }) => startMs - arrivedMs),
      runMs,
      failed,
    });
  }
}
