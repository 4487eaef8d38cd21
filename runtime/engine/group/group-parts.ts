/** What a group is made of. */
import type { PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import type { Instance } from "../instances/instance.js";
import type { Observer } from "../observer.js";
import type { OutputRows } from "../open/warm-up.js";
import type { Chores } from "./household.js";
import type { Placement } from "./model-group.js";
import type { MeasuredRun } from "./run-cost.js";
import type { SpareMemory } from "./thread-share.js";

export interface GroupParts {
  readonly name: string;
  readonly model: PlanModel;
  readonly instances: readonly Instance[];
  readonly placement: Placement;
  readonly outputRows: ReadonlyMap<string, OutputRows>;
  /** Whether the cores that it may use are a share of those that there are, which changes with who comes and goes. */
  readonly sharesCores?: boolean;
  /** Opens an instance in place of another, by its number, with so many threads; best apart from the others. */
  readonly reopen: (instance: number, threads: number, others: readonly Instance[]) => Promise<Instance>;
  /** Memory for so many more instances; rejects where there is none. Absent: nobody counts. */
  readonly reserve?: (instances: number) => Promise<SpareMemory>;
  /** How long runs of which sizes take, where that is known. */
  readonly measured?: readonly MeasuredRun[];
  /** What is done once nobody has come for a moment; absent: nothing, and nothing is measured. */
  readonly chores?: Chores;
  readonly observer: Observer;
  readonly clock: Clock;
}
