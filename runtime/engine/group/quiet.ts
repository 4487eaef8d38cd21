/** Waiting for a moment in which nobody needs a group. */
import type { Clock } from "../clock.js";

/** Looks every so often whether it is idle; true once it is, false once `isIdle` says that it will not be any more. */
export async function quiet(clock: Clock, everyMs: number, isIdle: () => boolean | undefined): Promise<boolean> {
  let state = isIdle();
  while (state === false) {
    await new Promise<void>((resolve) => void clock.after(everyMs, resolve));
    state = isIdle();
  }
  return state === true;
}
