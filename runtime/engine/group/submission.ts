/** One caller's item on its way through a group: its rows are answered in parts, and it is settled exactly once. */
import { setMaxListeners } from "node:events";
import { EkibenError } from "../../errors.js";
import type { StopSignal } from "../../stop.js";
import type { OnCache } from "../answers/answer-cache.js";
import type { OutputRows } from "../open/warm-up.js";
import type { SequenceCall } from "../sequences/sequence-call.js";
import type { BucketKey, Entry } from "./bucket.js";
import type { Feeds } from "./check-feeds.js";
import type { Waiting } from "./queue.js";
import { stackRows } from "./rows.js";

export interface SubmitOptions {
  readonly signal: StopSignal;
  /** On the group's clock. */
  readonly deadlineMs?: number;
  /** 0, the most urgent, unless said otherwise. */
  readonly priority?: number;
  /** Whose item it is, where callers take turns. */
  readonly caller?: string;
  /** Told of each run that answered a part of the item, and how long that part had waited for it. */
  readonly onRun?: OnRun;
  /** The sequence that the request belongs to, for models that keep state. */
  readonly sequence?: SequenceCall;
  /** Told where the answer comes from, where answers are kept. */
  readonly onCache?: OnCache;
}

/** A run of a batch; all that took part in it are told of the same object. */
export interface BatchRun {
  readonly runMs: number;
  readonly rows: number;
}

export type OnRun = (run: BatchRun, queueMs: number) => void;

export type LeaveCode = "cancelled" | "deadline-exceeded";

export interface SubmissionParts extends Pick<SubmitOptions, "signal"> {
  readonly feeds: Feeds;
  readonly rows: number;
  readonly bucket: BucketKey;
  readonly priority: number;
  readonly caller: string | undefined;
  readonly arrivedMs: number;
  /** Infinite where its caller waits for ever. */
  readonly deadlineMs: number;
  readonly onRun: OnRun | undefined;
  /** Told when its caller leaves or its time is up; it has failed then. */
  readonly onLeave: (submission: Submission, code: LeaveCode) => void;
}

interface Delivered {
  readonly from: number;
  readonly outputs: Feeds;
}

export class Submission implements Waiting<Submission> {
  readonly result: Promise<Feeds>;
  readonly feeds: Feeds;
  readonly rows: number;
  readonly bucket: BucketKey;
  readonly priority: number;
  readonly caller: string | undefined;
  readonly arrivedMs: number;
  readonly deadlineMs: number;
  readonly onRun: OnRun | undefined;
  entry: Entry<Submission> | undefined;
  private resolve: ((outputs: Feeds) => void) | undefined;
  private reject: ((error: Error) => void) | undefined;
  private readonly delivered: Delivered[] = [];
  private rowsLeft: number;

  constructor(private readonly parts: SubmissionParts) {
    this.feeds = parts.feeds;
    this.rows = parts.rows;
    this.bucket = parts.bucket;
    this.priority = parts.priority;
    this.caller = parts.caller;
    this.arrivedMs = parts.arrivedMs;
    this.deadlineMs = parts.deadlineMs;
    this.onRun = parts.onRun;
    this.rowsLeft = parts.rows;
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // All items of a request share its signal: that is no leak, which Node would warn of from the eleventh on.
    if (parts.signal instanceof AbortSignal) setMaxListeners(0, parts.signal);
    parts.signal.addEventListener("abort", this.onAbort);
  }

  get settled(): boolean {
    return this.resolve === undefined;
  }

  /** Whether nobody waits for it. Its time may be up before its timer says so. */
  isOver(nowMs: number): boolean {
    if (!this.settled && this.deadlineMs <= nowMs) this.expire();
    return this.settled;
  }

  /** Rows of a part; the last to arrive settles the item. */
  deliver(from: number, to: number, outputs: Feeds, outputRows: ReadonlyMap<string, OutputRows>): void {
    if (this.settled) return;
    this.delivered.push({ from, outputs });
    this.rowsLeft -= to - from;
    if (this.rowsLeft > 0) return;
    const answer = this.resolve;
    this.end();
    answer?.(joined(this.delivered, outputRows));
  }

  fail(error: Error): void {
    const refuse = this.reject;
    this.end();
    refuse?.(error);
  }

  /** Its time is up, or was when it came to be run. */
  expire(): void {
    this.leave("deadline-exceeded", "The model's answer was not ready in time.");
  }

  /** It waited longer than the queue allows. */
  giveUpWaiting(): void {
    this.leave("deadline-exceeded", "The model was too busy to begin in time.");
  }

  private readonly onAbort = (): void => this.leave("cancelled", "The caller left before the answer was ready.");

  private leave(code: LeaveCode, message: string): void {
    if (this.settled) return;
    this.fail(new EkibenError(code, message));
    this.parts.onLeave(this, code);
  }

  private end(): void {
    this.resolve = undefined;
    this.reject = undefined;
    this.parts.signal.removeEventListener("abort", this.onAbort);
  }
}

function joined(delivered: readonly Delivered[], outputRows: ReadonlyMap<string, OutputRows>): Feeds {
  const [only] = delivered;
  if (delivered.length === 1 && only !== undefined) return only.outputs;
  const inOrder = [...delivered].sort((a, b) => a.from - b.from);
  return Object.fromEntries(
    [...outputRows.keys()].map((name) => [
      name,
      stackRows(
        inOrder.flatMap(({ outputs: { [name]: tensor } }) =>
          tensor ? [{ tensor, from: 0, to: tensor.shape[0] ?? 0 }] : [],
        ),
      ),
    ]),
  );
}
