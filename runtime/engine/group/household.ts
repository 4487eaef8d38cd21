/** How long a group's runs take, and what it does while nobody comes: it finds that out, and has its model made ready for the next start. */
import type { PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import type { Observer } from "../observer.js";
import type { Placement } from "./model-group.js";
import { type ProfileParts, profile } from "./profile.js";
import { quiet } from "./quiet.js";
import { type MeasuredRun, RunCost } from "./run-cost.js";

/** What is done beside, for a model that is placed so. */
export interface Chores {
  /** What was measured before, where it was kept. */
  readonly recall: (placement: Placement) => Promise<readonly MeasuredRun[] | undefined>;
  readonly keep: (placement: Placement, measured: readonly MeasuredRun[]) => void;
  /** Comes last. */
  readonly prepare: () => Promise<void>;
}

export interface HouseholdParts {
  readonly name: string;
  readonly model: PlanModel;
  readonly placement: Placement;
  /** What is known at the start. */
  readonly measured?: readonly MeasuredRun[];
  /** Whether it is of use to know how long runs take, and what runs now would tell it. */
  readonly measures: () => boolean;
  /** Absent: nothing is done, and nothing is measured. */
  readonly chores?: Chores;
  /** Whether nobody waits and nothing runs; undefined once the group takes nothing more. */
  readonly isIdle: () => boolean | undefined;
  readonly run: ProfileParts["run"];
  readonly observer: Observer;
  readonly clock: Clock;
}

/** Nobody has come for so long: time for chores. */
const quietMs = 300;

export class Household {
  #cost: RunCost;
  #placement: Placement;
  /** One chore at a time. */
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly parts: HouseholdParts) {
    this.#cost = new RunCost(parts.measured);
    this.#placement = parts.placement;
    if (parts.chores !== undefined) this.#begin(parts.chores);
  }

  get cost(): RunCost {
    return this.#cost;
  }

  /** What was measured elsewhere does not count any more. */
  move(placement: Placement): void {
    const { chores } = this.parts;
    this.#placement = placement;
    if (chores === undefined) return;
    this.#cost = new RunCost();
    this.#begin(chores);
  }

  #begin(chores: Chores): void {
    const { name, observer } = this.parts;
    const placement = this.#placement;
    this.#work = this.#work
      .then(() => this.#do(chores, placement))
      .catch((error: unknown) => observer({ kind: "chores-failed", model: name, error }));
  }

  async #do(chores: Chores, placement: Placement): Promise<void> {
    const { model, isIdle, run, clock } = this.parts;
    const idle = (): Promise<boolean> => quiet(clock, quietMs, isIdle);
    if (this.#isUnknown(placement)) {
      const known = await chores.recall(placement);
      if (known !== undefined && this.#isUnknown(placement)) this.#cost = new RunCost(known);
    }
    await new Promise<void>((resolve) => void clock.after(quietMs, resolve));
    if (this.#isUnknown(placement)) {
      const measured = await profile({ model, idle, run });
      if (measured !== undefined && this.#isUnknown(placement)) this.#learn(chores, measured);
    }
    if (await idle()) await chores.prepare();
  }

  #isUnknown(placement: Placement): boolean {
    return this.parts.measures() && placement === this.#placement && this.#cost.measured.length === 0;
  }

  #learn(chores: Chores, measured: readonly MeasuredRun[]): void {
    const { name, observer } = this.parts;
    this.#cost = new RunCost(measured);
    observer({ kind: "model-measured", model: name, measured });
    chores.keep(this.#placement, measured);
  }
}
