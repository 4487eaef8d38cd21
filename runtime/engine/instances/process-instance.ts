/**
 * This process's half of an instance that is a process. Whatever happens in there, a native crash, an endless run, memory
 * that runs out, ends that process and what it was running, and nothing else.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import { invariant } from "../../errors.js";
import type { DeviceName } from "../../plan/plan.js";
import { Tensor } from "../../values/value.js";
import type { Clock } from "../clock.js";
import type { Feeds } from "../group/check-feeds.js";
import { mapValues } from "../map-values.js";
import { type Ending, lostError, NotBegunError } from "./ending.js";
import { errorOf } from "./failures.js";
import { encodeFrame, type Frame, FrameReader } from "./frames.js";
import type { Instance, InstanceResult } from "./instance.js";
import { processEnvironment } from "./process-environment.js";
import { channelDescriptor, type ProcessReply, type ProcessRequest } from "./process-messages.js";
import type { SessionRequest, WireTensors } from "./worker-messages.js";

type State =
  | { readonly kind: "open" }
  | { readonly kind: "closing" }
  /** It has been killed, and is not gone yet. */
  | { readonly kind: "killed"; readonly ending: Ending }
  | { readonly kind: "dead"; readonly ending: Ending };

/** One that was asked and has not answered. It answers in order, so the first is what it does. */
interface Asked {
  readonly deadlineMs: number;
  readonly resolve: (reply: Frame<ProcessReply>) => void;
  readonly reject: (error: Error) => void;
}

export interface ProcessOptions {
  /** Told whenever it is given something to do while it has nothing. */
  readonly onBusy?: () => void;
  readonly script?: string;
}

/** TensorRT may take many minutes to build its engine. */
const openingLimitMs = 30 * 60_000;
const exitGraceMs = 5000;
const keptOfStderr = 2000;

export class ProcessInstance implements Instance {
  readonly place = "process";
  readonly ended: Promise<Ending>;
  private readonly onBusy: () => void;
  private readonly child: ChildProcess;
  private readonly channel: Socket | undefined;
  /** Settles when the process is gone. */
  readonly exited: Promise<void>;
  private readonly asked: Asked[] = [];
  private state: State = { kind: "open" };
  private openMs = 0;
  private stderr = "";
  private stopTimer: () => void = () => {};
  private tellEnded: (ending: Ending) => void = () => {};

  /** Starts the process; `open` comes next. `label` is what the system's list of processes shows of it. */
  constructor(
    readonly device: DeviceName,
    private readonly clock: Clock,
    label: string,
    { onBusy = () => {}, script = join(__dirname, "process-worker.js") }: ProcessOptions = {},
  ) {
    this.onBusy = onBusy;
    this.ended = new Promise((resolve) => {
      this.tellEnded = resolve;
    });
    // A process group of its own: a Ctrl-C at a terminal is for the server, which ends its instances when they are done.
    this.child = spawn(process.execPath, [script, label], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      env: processEnvironment(process.env),
      detached: true,
      windowsHide: true,
    });
    const channel = this.child.stdio[channelDescriptor];
    this.channel = channel instanceof Socket ? channel : undefined;
    const reader = new FrameReader<ProcessReply>((frame) => this.settle(frame));
    this.channel?.on("data", (chunk: Buffer) => reader.push(chunk));
    // That the other end is gone is told by the end of the process.
    this.channel?.on("error", () => {});
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-keptOfStderr);
    });
    this.exited = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.die(reason);
        resolve();
      };
      this.child.on("error", (error) => end(`it could not be started: ${error.message}`));
      this.child.on("close", (code, signal) => end(describeExit(code, signal)));
    });
    this.holdProcess(false);
  }

  get alive(): boolean {
    return this.state.kind === "open";
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Whether it has been asked for what it has not answered. */
  get busy(): boolean {
    return this.asked.length > 0;
  }

  /** Opens its session. Throws `ModelOpenError`, or `instance-lost`. */
  async open(request: SessionRequest): Promise<void> {
    const start = this.clock.now();
    await this.ask({ kind: "open", request }, {}, start + openingLimitMs);
    this.openMs = this.clock.now() - start;
  }

  async run(feeds: Feeds, deadlineMs = Number.POSITIVE_INFINITY): Promise<InstanceResult> {
    const { head, tensors } = await this.ask({ kind: "run" }, feeds, deadlineMs);
    invariant(head.kind === "ran", "a run is answered with its outputs");
    const outputs = mapValues(tensors, ({ dtype, shape, data }) => new Tensor(dtype, shape, data));
    return { outputs, runMs: head.runMs };
  }

  /** Ends it at once, with what it runs. */
  kill(ending: Ending): void {
    if (this.state.kind !== "open") return;
    this.state = { kind: "killed", ending };
    this.child.kill("SIGKILL");
  }

  /** Lets it release its session and end; kills it when it takes too long. */
  async close(): Promise<void> {
    if (this.state.kind === "open") {
      this.state = { kind: "closing" };
      this.holdProcess(true);
      this.send({ head: { kind: "exit" }, tensors: {} });
      const stopTimer = this.clock.after(exitGraceMs, () => this.child.kill("SIGKILL"));
      void this.exited.then(stopTimer);
    }
    await this.exited;
  }

  private ask(head: ProcessRequest, tensors: WireTensors, deadlineMs: number): Promise<Frame<ProcessReply>> {
    if (this.state.kind === "dead" || this.state.kind === "killed")
      return Promise.reject(new NotBegunError(this.state.ending));
    return new Promise((resolve, reject) => {
      this.asked.push({ deadlineMs, resolve, reject });
      if (this.asked.length === 1) {
        this.holdProcess(true);
        this.watch();
        this.onBusy();
      }
      this.send({ head, tensors });
    });
  }

  private send(frame: Frame<ProcessRequest>): void {
    this.channel?.cork();
    for (const part of encodeFrame(frame)) this.channel?.write(part);
    this.channel?.uncork();
  }

  private settle(frame: Frame<ProcessReply>): void {
    const asked = this.asked.shift();
    this.stopTimer();
    if (this.asked.length > 0) this.watch();
    else if (this.state.kind === "open") this.holdProcess(false);
    if (frame.head.kind === "failed") asked?.reject(errorOf(frame.head.failure));
    else asked?.resolve(frame);
  }

  /**
   * What it does now is given up at its deadline, when nobody waits any more; but not before it has had as long as opening
   * another instance would take, since one that is merely late is back sooner.
   */
  private watch(): void {
    const deadlineMs = this.asked[0]?.deadlineMs ?? Number.POSITIVE_INFINITY;
    if (deadlineMs === Number.POSITIVE_INFINITY) return;
    const nowMs = this.clock.now();
    this.stopTimer = this.clock.after(Math.max(deadlineMs - nowMs, this.openMs), () =>
      this.kill({ cause: "hung", reason: "it was ended because its run was not back at its deadline" }),
    );
  }

  private die(reason: string): void {
    if (this.state.kind === "dead") return;
    const { state } = this;
    const ending = state.kind === "killed" ? state.ending : this.crash(reason);
    this.state = { kind: "dead", ending };
    this.stopTimer();
    const [inside, ...behind] = this.asked.splice(0);
    inside?.reject(lostError(ending));
    for (const { reject } of behind) reject(new NotBegunError(ending));
    this.channel?.destroy();
    if (state.kind !== "closing") this.tellEnded(ending);
  }

  private crash(reason: string): Ending {
    const said = this.stderr.trim().split("\n").at(-1) ?? "";
    const cause = /out of memory|bad_alloc/i.test(this.stderr) ? "out-of-memory" : "crashed";
    return { cause, reason: said === "" ? reason : `${reason}, saying: ${said}` };
  }

  /** An idle instance does not keep this process from ending; one that has work does. */
  private holdProcess(hold: boolean): void {
    const stderr = this.child.stderr instanceof Socket ? this.child.stderr : undefined;
    for (const handle of [this.child, this.channel, stderr]) {
      if (hold) handle?.ref();
      else handle?.unref();
    }
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `it ended with code ${code}`;
  return `${signal} ended it${signal === "SIGKILL" ? ", from outside or by the system for want of memory" : ""}`;
}
