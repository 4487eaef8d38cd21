/**
 * The main thread's half of a lane: a worker thread that does one thing at a time, runs of models and heavy kernels. It
 * is never terminated while busy, which would abort the process; it ends by itself when told to.
 */
import { join } from "node:path";
import { type TransferListItem, Worker } from "node:worker_threads";
import { EkibenError, invariant } from "../../errors.js";
import type { Value } from "../../values/value.js";
import { type Ending, lostError, NotBegunError } from "./ending.js";
import { errorOf } from "./failures.js";
import { declineTelemetry } from "./telemetry.js";
import { buffersToTransfer } from "./transfer.js";
import { fromWire, toWire } from "./values-wire.js";
import type { LaneReply, LaneRequest, Numbered, SessionRequest, WireTensors } from "./worker-messages.js";

type LaneState =
  | { readonly kind: "open" }
  | { readonly kind: "closing" }
  | { readonly kind: "dead"; readonly ending: Ending };

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
  private readonly watchers = new Set<(ending: Ending) => void>();
  private state: LaneState = { kind: "open" };
  private nextId = 0;
  private nextSession = 0;

  /** `onDeath` is told when the worker ends without having been asked to. */
  constructor(onDeath: (lane: Lane, reason: string) => void, script = join(__dirname, "worker.js")) {
    declineTelemetry();
    this.worker = new Worker(script, { name: "ekiben-lane" });
    const die = (reason: string) => {
      const isUnasked = this.state.kind === "open";
      const ending: Ending = { cause: /out of memory/i.test(reason) ? "out-of-memory" : "crashed", reason };
      if (isUnasked) onDeath(this, reason);
      this.fail(ending);
      if (isUnasked) for (const watcher of this.watchers) watcher(ending);
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

  /** Tells once when the worker ends without having been asked to, until it is called off: a lane outlives its sessions. */
  watch(onEnd: (ending: Ending) => void): () => void {
    if (this.state.kind === "dead") onEnd(this.state.ending);
    this.watchers.add(onEnd);
    return () => void this.watchers.delete(onEnd);
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
    if (this.state.kind === "dead") return Promise.reject(new NotBegunError(this.state.ending));
    if (this.state.kind === "closing")
      return Promise.reject(new EkibenError("internal", "The worker thread is ending."));
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

  private fail(ending: Ending): void {
    this.state = { kind: "dead", ending };
    const [inside, ...behind] = this.pending.values();
    this.pending.clear();
    inside?.reject(lostError(ending));
    for (const { reject } of behind) reject(new NotBegunError(ending));
  }
}
