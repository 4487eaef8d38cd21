/**
 * The main thread's half of a lane: a worker thread that does one thing at a time, runs of models and heavy kernels. It
 * is never terminated while busy, which would abort the process; it ends by itself when told to.
 */
import { join } from "node:path";
import { type TransferListItem, Worker } from "node:worker_threads";
import { assertNever, EkibenError, invariant } from "../../errors.js";
import type { Value } from "../../values/value.js";
import { ModelOpenError } from "../open/open-failure.js";
import { buffersToTransfer } from "./transfer.js";
import { fromWire, toWire } from "./values-wire.js";
import type { LaneFailure, LaneReply, LaneRequest, Numbered, SessionRequest, WireTensors } from "./worker-messages.js";

type LaneState =
  | { readonly kind: "open" }
  | { readonly kind: "closing" }
  | { readonly kind: "dead"; readonly reason: string };

interface Pending {
  readonly resolve: (reply: LaneReply) => void;
  readonly reject: (error: Error) => void;
}

export interface RunResult {
  readonly outputs: WireTensors;
  readonly runMs: number;
}

export class Lane {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  private state: LaneState = { kind: "open" };
  private nextId = 0;
  private nextSession = 0;

  /** `onDeath` is told when the worker ends without having been asked to. */
  constructor(onDeath: (lane: Lane, reason: string) => void, script = join(__dirname, "worker.js")) {
    this.worker = new Worker(script, { name: "ekiben-lane" });
    const die = (reason: string) => {
      if (this.state.kind === "open") onDeath(this, reason);
      this.fail(reason);
    };
    this.worker.on("message", (reply: LaneReply & Numbered) => this.settle(reply));
    this.worker.on("error", (error) => die(error.message));
    this.worker.on("messageerror", (error) => die(error.message));
    this.exited = new Promise((resolve) => {
      this.worker.on("exit", (code) => {
        die(`it ended with code ${code}`);
        resolve();
      });
    });
    // An idle lane does not keep the process from ending; one that has work does.
    this.worker.unref();
  }

  get alive(): boolean {
    return this.state.kind === "open";
  }

  /** Calls that have not been answered. */
  get load(): number {
    return this.pending.size;
  }

  /** Loads onnxruntime ahead of the first session; what goes wrong is told by that. */
  warm(): void {
    this.call({ kind: "warm" }).catch(() => {});
  }

  /** Opens a session and gives its number. Throws `ModelOpenError`. */
  async open(request: SessionRequest): Promise<number> {
    const session = this.nextSession++;
    await this.call({ kind: "open", session, request });
    return session;
  }

  /** Runs a session. The feeds' buffers are handed over when they are large: they must be the caller's own. */
  async run(session: number, feeds: WireTensors): Promise<RunResult> {
    const reply = await this.call({ kind: "run", session, feeds }, buffersToTransfer(feeds));
    invariant(reply.kind === "ran", "a run is answered with its outputs");
    return reply;
  }

  async release(session: number): Promise<void> {
    await this.call({ kind: "release", session });
  }

  /** Runs a built-in step's kernel. Its arguments are copied: see `canCross`. */
  async step(name: string, args: { readonly [name: string]: Value | undefined }): Promise<Value | undefined> {
    const reply = await this.call({ kind: "step", name, args: toWire(args) });
    invariant(reply.kind === "stepped", "a step is answered with its value");
    return fromWire(reply.value);
  }

  /** Lets what was asked be finished, releases the sessions and ends the worker. */
  async close(): Promise<void> {
    if (this.state.kind === "open") {
      this.state = { kind: "closing" };
      this.worker.ref();
      this.worker.postMessage({ kind: "exit", id: this.nextId++ } satisfies LaneRequest & Numbered);
    }
    await this.exited;
  }

  private call(request: LaneRequest, transfer: readonly TransferListItem[] = []): Promise<LaneReply> {
    if (this.state.kind !== "open") return Promise.reject(new EkibenError("internal", "The worker thread has ended."));
    if (this.pending.size === 0) this.worker.ref();
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ ...request, id }, transfer);
    });
  }

  private settle({ id, ...reply }: LaneReply & Numbered): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0 && this.state.kind === "open") this.worker.unref();
    if (reply.kind === "failed") pending?.reject(errorOf(reply.failure));
    else pending?.resolve(reply);
  }

  private fail(reason: string): void {
    this.state = { kind: "dead", reason };
    const error = new EkibenError("internal", "The worker thread ended unexpectedly.", { cause: reason });
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

function errorOf(failure: LaneFailure): Error {
  switch (failure.from) {
    case "open":
      return new ModelOpenError(failure.code, failure.message);
    case "run":
      return new EkibenError("model-failed", failure.message);
    case "step":
      return new EkibenError(failure.error.code, failure.error.message, { errors: failure.error.errors });
    case "worker":
      return new EkibenError("internal", "A worker thread failed.", { cause: failure.message });
    default:
      return assertNever(failure);
  }
}
