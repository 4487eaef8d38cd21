/** A model that runs: a bounded queue, a dynamic batcher and the instances that it keeps busy. */
import { invariant } from "../../errors.js";
import { emptyResult } from "../open/made-up.js";
import type { OutputRows } from "../open/warm-up.js";
import { judge } from "./admission.js";
import { Arrivals } from "./arrivals.js";
import { allowedMs, type Batch, type BatchShape, rowsIn, workIn } from "./batch.js";
import { BatchRunner } from "./batch-runner.js";
import { type BatchPolicy, nextBatch, oneByOne } from "./batcher.js";
import type { BucketKey } from "./bucket.js";
import { checkFeeds, type Feeds, type Sizes } from "./check-feeds.js";
import type { GroupParts } from "./group-parts.js";
import { Household } from "./household.js";
import { gainsLittle } from "./layout.js";
import type { GroupState, ModelGroup, Placement } from "./model-group.js";
import { paddingOf } from "./padding.js";
import { WaitingQueue } from "./queue.js";
import { Rejections } from "./rejections.js";
import { Returned } from "./returned.js";
import type { MeasuredRun } from "./run-cost.js";
import { Seats } from "./seats.js";
import { bucketOf, canShare } from "./sharing.js";
import { BatchSizes } from "./sizes.js";
import { type LeaveCode, Submission, type SubmitOptions } from "./submission.js";
import { mayPart, ThreadShare } from "./thread-share.js";
import { Throughput } from "./throughput.js";
import { TimeLimits } from "./time-limits.js";

/** Runs shorter than this are asked for two at a time, so that a lane does not idle while its answer is on the way. */
const shortRunMs = 1;

export class InstanceGroup implements ModelGroup {
  private readonly queue = new WaitingQueue<Submission>();
  private readonly seats: Seats;
  private readonly runner: BatchRunner;
  private readonly limits: TimeLimits;
  private readonly returned = new Returned();
  private readonly throughput = new Throughput();
  private readonly arrivals = new Arrivals();
  private readonly shape: BatchShape;
  private readonly shares: boolean;
  /** Whether its threads may come to compute in an instance each. */
  private readonly canPart: boolean;
  private readonly policy: BatchPolicy;
  private readonly household: Household;
  private readonly threads: ThreadShare;
  private readonly rejections: Rejections;
  private dispatchSoon = false;
  private stopTimer: () => void = () => {};
  private onDrained: () => void = () => {};
  private isClosed = false;
  private closing: Promise<void> | undefined;

  constructor(private readonly parts: GroupParts) {
    const { name, model, outputRows, placement, sharesCores = false, clock } = parts;
    this.shares = canShare(model, outputRows);
    this.canPart = sharesCores && mayPart(model, placement);
    this.threads = new ThreadShare({
      ...parts,
      changes: sharesCores,
      mayPart: this.canPart,
      isWorthParting: () => gainsLittle(this.household.cost.gain, this.shares),
      renew: () => this.seats.renew(),
      replace: (instances) => this.seats.replace(instances),
      onMoved: (moved) => void this.household.move(moved),
    });
    this.seats = new Seats({
      ...parts,
      reopen: (seat, others) => parts.reopen(seat, this.threads.wanted, others),
      onIdle: () => this.dispatch(),
      onDown: () => this.turnAway(),
    });
    this.shape = { inputs: model.inputs, outputs: model.outputs, padding: this.shares ? paddingOf(model) : undefined };
    this.policy =
      this.shares && model.batching !== undefined
        ? new BatchSizes(model.batching, () => this.household.cost, this.arrivals)
        : oneByOne;
    this.runner = new BatchRunner({
      ...parts,
      model: name,
      shape: this.shape,
      onRun: (batch, runMs) => this.learn(batch, runMs),
      putBack: (batch) => this.takeBack(batch),
    });
    this.limits = new TimeLimits({ queue: this.queue, settings: model.queue, clock });
    this.rejections = new Rejections({ ...parts, backInS: () => this.seats.backInS });
    this.household = new Household({
      ...parts,
      measures: () => (this.shares || this.canPart) && this.threads.isTogether,
      isIdle: () => (this.isClosed ? undefined : this.queue.size === 0 && !this.seats.busy),
      run: (feeds) => this.runApart(feeds),
    });
  }

  get state(): GroupState {
    if (this.isClosed) return { kind: "closed" };
    const { state } = this.seats;
    return state.kind === "down" ? { kind: "failed", message: state.reason } : state;
  }

  get placement(): Placement {
    return this.threads.placement;
  }

  get waiting(): number {
    return this.queue.size;
  }

  get measured(): readonly MeasuredRun[] {
    return this.household.cost.measured;
  }

  outputRows(name: string): OutputRows {
    return this.parts.outputRows.get(name) ?? "whole";
  }

  /** Not async: for each request that would be two promises more. */
  submit(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds> {
    try {
      return this.take(feeds, rows, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private take(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds> {
    const { name, model } = this.parts;
    const { kind } = this.state;
    if (kind === "closed") throw this.rejections.closed();
    if (kind === "failed") throw this.rejections.down();
    if (options.signal.aborted) throw this.rejections.cancelled();
    const sizes = checkFeeds(name, model.inputs, feeds, rows);
    if (rows === 0)
      return Promise.resolve(emptyResult(model.outputs, sizes, (output) => this.outputRows(output) === "rows"));
    const submission = this.submission(feeds, rows ?? 1, this.bucketOf(feeds, rows, sizes), options);
    this.queue.push(submission);
    this.limits.watch(submission);
    this.schedule();
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
    await this.threads.close();
    this.parts.observer({ kind: "model-closed", model: this.parts.name });
  }

  useThreads(threads: number): Promise<void> {
    return this.threads.use(threads);
  }

  /** Runs what nobody asked for, on an idle instance; gives its milliseconds. */
  private async runApart(feeds: Feeds): Promise<number> {
    const seat = this.seats.idle(1);
    invariant(seat, "an idle group has an idle instance");
    const run = seat.instance.run(feeds, Number.POSITIVE_INFINITY);
    const ended = run.then(
      () => {},
      () => {},
    );
    this.seats.occupy(seat, ended);
    return (await run).runMs;
  }

  private bucketOf(feeds: Feeds, rows: number | null, sizes: Sizes): BucketKey {
    if (rows === null || !this.shares) return { kind: "whole" };
    return bucketOf(this.parts.model.inputs, feeds, sizes, this.shape.padding);
  }

  /** Throws `queue-full` where it may not wait. */
  private submission(feeds: Feeds, rows: number, bucket: BucketKey, options: SubmitOptions): Submission {
    const { model, clock } = this.parts;
    const arrivedMs = clock.now();
    const deadlineMs = options.deadlineMs ?? Number.POSITIVE_INFINITY;
    const priority = Math.min(options.priority ?? 0, (model.queue.priorities ?? 1) - 1);
    const verdict = judge(
      {
        rows,
        priority,
        leftMs: deadlineMs - arrivedMs,
        waitingItems: this.queue.size,
        rowsBefore: this.queue.rowsBefore(priority),
        busy: this.seats.running,
        longestRunMs: this.seats.longestRunMs,
        instances: this.seats.count,
      },
      model.queue,
      this.throughput,
    );
    if (verdict.kind === "refused") throw this.rejections.tooMany(verdict.why, verdict.retryAfterS);
    this.arrivals.record(arrivedMs);
    return new Submission({
      feeds,
      rows,
      bucket,
      priority,
      caller: model.queue.fairBy === undefined ? undefined : (options.caller ?? ""),
      arrivedMs,
      signal: options.signal,
      deadlineMs,
      onRun: options.onRun,
      onLeave: this.forget,
    });
  }

  /** Where requests share runs, those that arrive in one moment meet; else there is nothing to wait for. */
  private schedule(): void {
    if (this.dispatchSoon) return;
    if (!this.shares) {
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
    const depth = (this.throughput.runMs ?? Number.POSITIVE_INFINITY) < shortRunMs ? 2 : 1;
    for (let seat = this.seats.idle(depth); seat !== undefined; seat = this.seats.idle(depth)) {
      const nowMs = this.parts.clock.now();
      const again = this.returned.next(nowMs);
      if (again !== undefined) {
        this.seats.occupy(seat, this.runner.run(seat.instance, again));
        continue;
      }
      const decision = nextBatch(this.queue, nowMs, this.policy, this.seats.count - this.seats.running);
      if (decision.kind === "nothing") break;
      if (decision.kind === "wait") {
        this.stopTimer = this.parts.clock.after(decision.untilMs - nowMs, () => this.dispatch());
        break;
      }
      const batch = decision.parts.filter(({ item }) => !item.isOver(nowMs));
      if (batch.length > 0) this.seats.occupy(seat, this.runner.run(seat.instance, batch));
    }
    this.settleDown();
  }

  private learn(batch: Batch, runMs: number): void {
    this.throughput.record(rowsIn(batch), runMs);
    if (this.isClosed || !this.canPart) return;
    const { queue, seats, shape } = this;
    this.threads.afterRun({
      endedMs: this.parts.clock.now(),
      runMs,
      work: workIn(batch, shape),
      allowedMs: allowedMs(batch),
      waiting: queue.size + seats.behind,
      others: seats.running - 1,
    });
  }

  private takeBack(batch: Batch): void {
    this.returned.add(batch);
    if (this.state.kind === "failed") this.turnAway();
  }

  private readonly forget = (submission: Submission, code: LeaveCode): void => {
    this.parts.observer({ kind: "item-rejected", model: this.parts.name, code });
    this.queue.remove(submission);
    if (this.queue.size === 0) this.stopTimer();
    this.settleDown();
  };

  /** After some have left the queue. */
  private settleDown(): void {
    this.limits.check();
    this.parts.observer({ kind: "queue-length", model: this.parts.name, length: this.queue.size });
    this.checkDrained();
  }

  private turnAway(): void {
    for (const submission of this.queue.items()) {
      this.queue.remove(submission);
      submission.fail(this.rejections.down());
    }
    this.returned.fail(() => this.rejections.down());
    this.checkDrained();
  }

  private checkDrained(): void {
    if (this.isClosed && this.queue.size === 0 && this.returned.isEmpty && !this.seats.busy) this.onDrained();
  }
}
