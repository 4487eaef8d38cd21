/**
 * The instances of this process that are processes, and the memory that they take: where it runs out, the one that has
 * grown most since it opened is ended, before the system ends what it likes.
 */
import { readFileSync } from "node:fs";
import { EkibenError } from "../../errors.js";
import type { Clock } from "../clock.js";
import { systemClock } from "../clock.js";
import { memoryOfThisPlace } from "../memory/memory-of-this-place.js";
import { ModelOpenError } from "../open/open-failure.js";
import { ProcessInstance } from "./process-instance.js";
import type { SessionRequest } from "./worker-messages.js";

export interface ProcessesOptions {
  readonly clock?: Clock;
  /** What this process and its instances may take together; the container's memory, else the machine's. */
  readonly memoryBytes?: number;
}

/** Memory is looked at while an instance is busy: an idle one does not grow. */
const intervalMs = 100;
/** The rest is for what grows between two looks, and for everything else. */
const usableShare = 0.9;
const bytesPerPage = 4096;

export class Processes {
  private readonly clock: Clock;
  private readonly memoryBytes: number;
  private readonly instances = new Map<ProcessInstance, { bytesAtOpen: number }>();
  private isLooking = false;

  constructor({ clock = systemClock, memoryBytes = memoryOfThisPlace() }: ProcessesOptions = {}) {
    this.clock = clock;
    this.memoryBytes = memoryBytes;
  }

  /** Opens a session in a process of its own, which ends when it is told to. Throws `ModelOpenError`, with nothing left running. */
  async open(request: SessionRequest, model: string, signal?: AbortSignal): Promise<ProcessInstance> {
    const instance = new ProcessInstance(request.device, this.clock, model, { onBusy: () => this.look() });
    this.instances.set(instance, { bytesAtOpen: 0 });
    const kill = (): void => instance.kill({ cause: "crashed", reason: "it was not needed any more" });
    signal?.addEventListener("abort", kill);
    void instance.exited.then(() => {
      this.instances.delete(instance);
      signal?.removeEventListener("abort", kill);
    });
    try {
      await instance.open(request);
      this.instances.set(instance, { bytesAtOpen: privateBytes(instance.pid) });
      return instance;
    } catch (error) {
      await instance.close();
      if (!(error instanceof EkibenError)) throw error;
      throw new ModelOpenError("model-invalid", `The process that opened it was lost: ${String(error.cause)}.`);
    }
  }

  private look(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.clock.after(intervalMs, () => {
      this.isLooking = false;
      this.endLargest();
      if ([...this.instances.keys()].some(({ busy }) => busy)) this.look();
    });
  }

  private endLargest(): void {
    const taken = [...this.instances].map(([instance, { bytesAtOpen }]) => {
      const bytes = privateBytes(instance.pid);
      return { instance, bytes, grown: bytes - bytesAtOpen };
    });
    const total = taken.reduce((sum, { bytes }) => sum + bytes, privateBytes(process.pid));
    const excess = total - this.memoryBytes * usableShare;
    const [largest] = taken.sort((a, b) => b.grown - a.grown);
    if (largest === undefined || excess <= 0 || largest.grown < excess) return;
    const reason = `it was ended because it took ${inMb(largest.bytes)}, and all together have ${inMb(this.memoryBytes)}`;
    largest.instance.kill({ cause: "out-of-memory", reason });
  }
}

/** Memory that is a process's own, without what is mapped from files; 0 where the system does not tell, which is all but Linux. */
function privateBytes(pid: number | undefined): number {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    return (Number(resident) - Number(shared)) * bytesPerPage;
  } catch {
    return 0;
  }
}

function inMb(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
