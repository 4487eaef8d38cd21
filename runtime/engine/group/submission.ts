/** One caller's item on its way through a group: cut into pieces that fit a batch, settled exactly once. */
import { setMaxListeners } from "node:events";
import { EkibenError } from "../../errors.js";
import type { StopSignal } from "../../stop.js";
import type { Clock } from "../clock.js";
import type { OutputRows } from "../open/warm-up.js";
import type { Waiting } from "./batcher.js";
import type { Feeds } from "./check-feeds.js";
import { stackRows } from "./rows.js";

export interface SubmitOptions {
  readonly signal: StopSignal;
  /** On the group's clock. */
  readonly deadlineMs?: number;
  /** Told of each run that answered a part of the item, and how long that part had waited for it. */
  readonly onRun?: OnRun;
}

/** A run of a batch; all that took part in it are told of the same object. */
export interface BatchRun {
  readonly runMs: number;
  readonly rows: number;
}

export type OnRun = (run: BatchRun, queueMs: number) => void;

interface WatchOptions extends SubmitOptions {
  /** How long it may wait to be run. */
  readonly queueTimeoutMs: number | undefined;
}

export type LeaveCode = "cancelled" | "deadline-exceeded";

/** Rows `from` to `to` of an item, or the item as it is. */
export interface Piece extends Waiting {
  readonly whole: boolean;
  readonly submission: Submission;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** How an item becomes pieces: by rows, of a bucket (null: of none but its own), or not at all. */
export type Cutting =
  | { readonly kind: "whole"; readonly rows: number | null }
  | { readonly kind: "rows"; readonly rows: number; readonly maxRows: number; readonly bucket: string | null };

type Outcome = { readonly result: Feeds } | { readonly error: Error };

export class Submission {
  readonly result: Promise<Feeds>;
  readonly pieces: readonly Piece[];
  readonly arrivedMs: number;
  /** When its caller waits no longer. */
  deadlineMs = Number.POSITIVE_INFINITY;
  private settle: ((outcome: Outcome) => void) | undefined;
  private readonly results: Feeds[] = [];
  private remaining: number;
  private started = 0;
  private expire: (nowMs: number) => void = () => {};
  private stopWatching: () => void = () => {};

  constructor(
    readonly feeds: Feeds,
    cutting: Cutting,
    clock: Clock,
    readonly onRun?: OnRun,
  ) {
    this.arrivedMs = clock.now();
    this.pieces = cutting.kind === "whole" ? [wholePiece(this, cutting.rows ?? 1)] : cut(this, cutting);
    this.remaining = this.pieces.length;
    this.result = new Promise((resolve, reject) => {
      this.settle = (outcome) => ("result" in outcome ? resolve(outcome.result) : reject(outcome.error));
    });
  }

  get settled(): boolean {
    return this.settle === undefined;
  }

  /** Fails the item when its caller leaves, its time is up, or it has waited too long to be run; tells `onLeave` so. */
  watch({ signal, deadlineMs, queueTimeoutMs }: WatchOptions, clock: Clock, onLeave: (code: LeaveCode) => void): void {
    this.deadlineMs = deadlineMs ?? Number.POSITIVE_INFINITY;
    const leave = (code: LeaveCode, message: string) => {
      this.fail(new EkibenError(code, message));
      onLeave(code);
    };
    const onAbort = () => leave("cancelled", "The caller left before the answer was ready.");
    const onDeadline = () => leave("deadline-exceeded", "The model's answer was not ready in time.");
    const onQueueTimeout = () => {
      if (this.started < this.pieces.length) leave("deadline-exceeded", "The model was too busy to begin in time.");
    };
    // All items of a request share its signal: that is no leak, which Node would warn of from the eleventh on.
    if (signal instanceof AbortSignal) setMaxListeners(0, signal);
    signal.addEventListener("abort", onAbort);
    const stopDeadline = deadlineMs === undefined ? undefined : clock.after(deadlineMs - this.arrivedMs, onDeadline);
    const stopTimeout = queueTimeoutMs === undefined ? undefined : clock.after(queueTimeoutMs, onQueueTimeout);
    this.expire = (nowMs) => {
      if (deadlineMs !== undefined && deadlineMs <= nowMs) onDeadline();
    };
    this.stopWatching = () => {
      signal.removeEventListener("abort", onAbort);
      stopDeadline?.();
      stopTimeout?.();
    };
  }

  /** Says that a piece is about to run; false when nobody waits for it any more. */
  start(nowMs: number): boolean {
    if (!this.settled) this.expire(nowMs);
    if (this.settled) return false;
    this.started++;
    return true;
  }

  /** A piece's own rows; the last to arrive settles the item. */
  deliver(piece: Piece, outputs: Feeds, outputRows: ReadonlyMap<string, OutputRows>): void {
    this.results[piece.index] = outputs;
    this.remaining--;
    if (this.remaining === 0) this.finish({ result: joined(this.results, outputRows) });
  }

  fail(error: Error): void {
    this.finish({ error });
  }

  private finish(outcome: Outcome): void {
    const { settle } = this;
    this.settle = undefined;
    this.stopWatching();
    settle?.(outcome);
  }
}

function wholePiece(submission: Submission, rows: number): Piece {
  const { arrivedMs } = submission;
  return { submission, whole: true, index: 0, from: 0, to: rows, rows, bucket: null, arrivedMs };
}

function cut(submission: Submission, { rows, maxRows, bucket }: Cutting & { kind: "rows" }): readonly Piece[] {
  const pieces: Piece[] = [];
  const { arrivedMs } = submission;
  for (let from = 0; from < rows; from += maxRows) {
    const to = Math.min(rows, from + maxRows);
    pieces.push({ submission, whole: false, index: pieces.length, from, to, rows: to - from, bucket, arrivedMs });
  }
  return pieces;
}

function joined(results: readonly Feeds[], outputRows: ReadonlyMap<string, OutputRows>): Feeds {
  const [only] = results;
  if (results.length === 1 && only !== undefined) return only;
  return Object.fromEntries(
    [...outputRows.keys()].map((name) => [
      name,
      stackRows(
        results.flatMap(({ [name]: tensor }) => (tensor ? [{ tensor, from: 0, to: tensor.shape[0] ?? 0 }] : [])),
      ),
    ]),
  );
}
