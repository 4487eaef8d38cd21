/** A place where a model runs: one session in one lane. */
import type { DeviceName } from "../../plan/plan.js";
import { Tensor } from "../../values/value.js";
import type { Feeds } from "../group/check-feeds.js";
import { mapValues } from "../map-values.js";
import type { Ending } from "./ending.js";
import type { Lane } from "./lane.js";
import type { Lanes } from "./lanes.js";
import type { SessionRequest, WireTensor } from "./worker-messages.js";

/** Where an instance runs. */
export type Place = "main-thread" | "thread" | "process";

export interface Instance {
  readonly device: DeviceName;
  readonly place: Place;
  /** False once its thread or process has died. */
  readonly alive: boolean;
  /** Settles when it ends without having been asked to. */
  readonly ended: Promise<Ending>;
  /**
   * Runs feeds whose buffers are given away. Nobody waits beyond the deadline, on the clock that it was opened with: what
   * hangs then is given up where it can be. Throws `model-failed`, or `instance-lost` when the instance ends.
   */
  run(feeds: Feeds, deadlineMs?: number): Promise<InstanceResult>;
  /** Never fails: what is lost meanwhile has nothing left to release. */
  close(): Promise<void>;
}

export interface InstanceResult {
  readonly outputs: Feeds;
  readonly runMs: number;
}

/** Opens a session in the lane that has room for it, apart from those that are taken, to which it comes. Throws `ModelOpenError`. */
export async function openInstance(lanes: Lanes, request: SessionRequest, taken: Set<Lane>): Promise<LaneInstance> {
  const lane = lanes.place(request.device, taken);
  taken.add(lane);
  try {
    return new LaneInstance(lanes, lane, await lane.open(request), request.device);
  } catch (error) {
    taken.delete(lane);
    lanes.leave(lane);
    throw error;
  }
}

export class LaneInstance implements Instance {
  readonly place = "thread";
  readonly ended: Promise<Ending>;
  private stopWatching: () => void = () => {};

  constructor(
    private readonly lanes: Lanes,
    readonly lane: Lane,
    private readonly session: number,
    readonly device: DeviceName,
  ) {
    this.ended = new Promise((resolve) => {
      this.stopWatching = lane.watch(resolve);
    });
  }

  get alive(): boolean {
    return this.lane.alive;
  }

  async run(feeds: Feeds): Promise<InstanceResult> {
    const { outputs, runMs } = await this.lane.run(this.session, mapValues(feeds, toWireTensor));
    return { outputs: mapValues(outputs, ({ dtype, shape, data }) => new Tensor(dtype, shape, data)), runMs };
  }

  async close(): Promise<void> {
    this.stopWatching();
    this.lanes.leave(this.lane);
    if (this.lane.alive) await this.lane.release(this.session).catch(() => {});
  }
}

function toWireTensor({ dtype, shape, data }: Tensor): WireTensor {
  return { dtype, shape, data };
}
