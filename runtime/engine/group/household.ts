/** What a group does while nobody comes: it finds out which batches pay, and has its model made ready for the next start. */
import type { PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import { type ProfileParts, profile } from "./profile.js";
import { quiet } from "./quiet.js";
import type { MeasuredRun } from "./run-cost.js";

export interface Chores {
  /** Told which sizes of batches pay, when the group had to find out. */
  readonly onMeasured: (measured: readonly MeasuredRun[]) => void;
  /** Comes last. */
  readonly prepare: () => Promise<void>;
}

export interface Household {
  /** To be measured; undefined where that is known, or of no use. */
  readonly model: PlanModel | undefined;
  readonly clock: Clock;
  /** Whether nobody waits and nothing runs; undefined once the group takes nothing more. */
  readonly isIdle: () => boolean | undefined;
  readonly run: ProfileParts["run"];
  readonly onMeasured: (measured: readonly MeasuredRun[]) => void;
}

/** Nobody has come for so long: time for chores. */
const quietMs = 300;

export async function doChores(chores: Chores, { model, clock, isIdle, run, onMeasured }: Household): Promise<void> {
  const idle = (): Promise<boolean> => quiet(clock, quietMs, isIdle);
  await new Promise<void>((resolve) => void clock.after(quietMs, resolve));
  const measured = model === undefined ? undefined : await profile({ model, idle, run });
  if (measured !== undefined) {
    onMeasured(measured);
    chores.onMeasured(measured);
  }
  if (await idle()) await chores.prepare();
}
