/** What a graph and a server see of a model that runs. */
import type { DeviceName } from "../../plan/plan.js";
import type { Place } from "../instances/instance.js";
import type { OutputRows } from "../open/warm-up.js";
import type { Feeds } from "./check-feeds.js";
import type { MeasuredRun } from "./run-cost.js";
import type { SubmitOptions } from "./submission.js";

export type GroupState =
  | { readonly kind: "ready" }
  /** No instance lives, and one is being opened: requests wait for it, for a while. */
  | { readonly kind: "restarting" }
  /** No instance lives, and none is expected soon: requests are turned away until there is one again. */
  | { readonly kind: "failed"; readonly message: string }
  /** It is loaded on demand, and nobody has asked for it, or it could not be loaded when somebody did. */
  | { readonly kind: "unloaded"; readonly problem?: string }
  /** Requests wait until it is. */
  | { readonly kind: "loading" }
  | { readonly kind: "closed" };

/** Where a group runs, and why not where it was preferred. */
export interface Placement {
  readonly device: DeviceName;
  readonly instances: number;
  readonly place: Place;
  readonly intraOpThreads: number;
  /** A sentence for each device that was preferred and did not work. */
  readonly notes: readonly string[];
}

/** How a model on demand came and went so far. */
export interface Residency {
  readonly loads: number;
  readonly evictions: number;
}

export interface ModelGroup {
  readonly state: GroupState;
  /** Undefined while it is not loaded. */
  readonly placement: Placement | undefined;
  /** Where it is loaded on demand. */
  readonly residency?: Residency;
  /** Items that wait for an instance. */
  readonly waiting: number;
  /** How long runs of which sizes take; empty until it was measured. */
  readonly measured: readonly MeasuredRun[];
  /** Whether an output's first dimension counts the rows of the inputs. */
  outputRows(name: string): OutputRows;
  /**
   * Runs one item. Feeds already hold the row dimension where the model has one; `rows` null: never shared, run alone as
   * they are. Throws `invalid-input`, `queue-full`, `deadline-exceeded`, `cancelled`, `model-failed`, `not-ready`, `instance-lost`
   * or `internal`.
   */
  submit(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds>;
  /**
   * Has its instances use so many threads each from now on, where they share the cores: they are opened anew one by one, and
   * requests go on meanwhile. Never fails; where one cannot be opened, the others keep the threads that they have.
   */
  useThreads(threads: number): Promise<void>;
  /** Takes nothing more, lets what was taken be answered, and releases the sessions. */
  close(): Promise<void>;
}
