/**
 * The worker threads of this process, started when they are needed: as many as there are cores at most, shared by all
 * models and by heavy kernels. There is one of these in a process, since WebGPU bears only one thread in a process.
 */
import { availableParallelism } from "node:os";
import type { DeviceName } from "../../plan/plan.js";
import type { Value } from "../../values/value.js";
import { type Observer, silentObserver } from "../observer.js";
import { devices } from "./devices.js";
import { Lane } from "./lane.js";

export interface LanesOptions {
  readonly cores?: number;
  readonly observer?: Observer;
}

export class Lanes {
  readonly cores: number;
  private readonly sessions = new Map<Lane, number>();
  private alone: Lane | undefined;
  private observer: Observer;

  constructor(options: LanesOptions = {}) {
    this.cores = options.cores ?? availableParallelism();
    this.observer = options.observer ?? silentObserver;
  }

  /** Starts a thread before anything is known of models: it loads onnxruntime while a spec is compiled. */
  warm(): void {
    if (this.sessions.size === 0) this.start().warm();
  }

  /** Who is told of threads that end, from now on. */
  observe(observer: Observer): void {
    this.observer = observer;
  }

  /** A lane for one more session on a device: one of its own while cores are left, else the one with the fewest. */
  place(device: DeviceName, except: ReadonlySet<Lane> = new Set()): Lane {
    const lane = devices[device].oneThread ? this.only() : this.emptiest(except);
    this.sessions.set(lane, (this.sessions.get(lane) ?? 0) + 1);
    return lane;
  }

  /** Sessions for which there is a lane that holds none, or a core to start one on. */
  get room(): number {
    const used = this.shared().filter((lane) => this.count(lane) > 0);
    return Math.max(0, this.cores - used.length);
  }

  /** Gives back what `place` gave. */
  leave(lane: Lane): void {
    const sessions = this.sessions.get(lane);
    if (sessions !== undefined) this.sessions.set(lane, sessions - 1);
  }

  /** Runs a step's kernel where there is least to do. */
  step(name: string, args: { readonly [name: string]: Value | undefined }): Promise<Value | undefined> {
    const lanes = this.shared();
    const idle = lanes.find(({ load }) => load === 0);
    if (idle === undefined && lanes.length < this.cores) return this.start().step(name, args);
    const lane = idle ?? lanes.reduce((least, other) => (other.load < least.load ? other : least));
    return lane.step(name, args);
  }

  /** Ends all workers once what they have been asked is done. */
  async close(): Promise<void> {
    await Promise.all([...this.sessions.keys()].map((lane) => lane.close()));
  }

  private only(): Lane {
    if (this.alone?.alive !== true) this.alone = this.start();
    return this.alone;
  }

  private emptiest(except: ReadonlySet<Lane>): Lane {
    const lanes = this.shared().filter((lane) => !except.has(lane));
    const empty = lanes.find((lane) => this.sessions.get(lane) === 0);
    if (empty !== undefined) return empty;
    // What replaces sessions in every lane is opened in one more, and leaves one of theirs empty.
    const most = lanes.length > 0 ? this.cores : this.cores + 1;
    if (this.shared().length < most) return this.start();
    const candidates = lanes.length > 0 ? lanes : this.shared();
    return candidates.reduce((least, other) => (this.count(other) < this.count(least) ? other : least));
  }

  private count(lane: Lane): number {
    return this.sessions.get(lane) ?? 0;
  }

  private shared(): readonly Lane[] {
    return [...this.sessions.keys()].filter((lane) => lane !== this.alone && lane.alive);
  }

  private start(): Lane {
    const lane = new Lane((dead, reason) => {
      this.sessions.delete(dead);
      this.observer({ kind: "lane-died", reason });
    });
    this.sessions.set(lane, 0);
    return lane;
  }
}
