/** Memory for models that are about to be opened, for which those on demand make room if they can. */
import { Stop } from "../../stop.js";
import type { Clock } from "../clock.js";
import { ModelOpenError } from "../open/open-failure.js";
import type { MemoryBudget, Need, Reservation } from "./memory-budget.js";

/** They have so long to finish what they do. */
export const patienceMs = 60_000;

/** Throws `MemoryShortError` where there will be no room, `ModelOpenError` where nobody goes in time. */
export async function claimInTime(
  needs: readonly Need[],
  { memory, clock }: { readonly memory: MemoryBudget; readonly clock: Clock },
): Promise<readonly Reservation[]> {
  const [first] = needs;
  if (first === undefined) return [];
  const tooLong = new Stop();
  const stopTimer = clock.after(patienceMs, () => tooLong.abort());
  try {
    return await memory.claim(needs, tooLong);
  } catch (error) {
    if (!tooLong.aborted) throw error;
    const problem = "models on demand should make room for it, and did not within a minute: what they run is not done";
    throw new ModelOpenError("model-memory", problem, first.model);
  } finally {
    stopTimer();
  }
}
