/** Whether the models of a Plan fit into the memory that they may take, and the words for it where they do not. */
import { ModelOpenError } from "../open/open-failure.js";
import { inMb } from "./megabytes.js";
import type { Need } from "./memory-budget.js";

/** More are not named. */
const mostNamed = 8;

/** All that are always loaded together, and beside them any one that is loaded on demand. Throws `ModelOpenError`. */
export function checkFits(needs: readonly Need[], limitBytes: number): void {
  const always = needs.filter(({ isEvictable }) => !isEvictable);
  const total = sum(always);
  if (total > limitBytes)
    throw refusal(
      largest(always),
      `all models that are always loaded need ${inMb(total)} (${named(always)})`,
      limitBytes,
    );
  const onDemand = needs.filter(({ isEvictable }) => isEvictable);
  if (onDemand.length === 0 || total + largest(onDemand).bytes <= limitBytes) return;
  const beside = `beside those that are always loaded, which need ${inMb(total)} (${named(always)})`;
  throw refusal(largest(onDemand), always.length === 0 ? "" : beside, limitBytes);
}

/** What is live stays until the next is there, and there is no memory for both. */
export function noRoomBeside(needs: readonly Need[], takenBytes: number, limitBytes: number): ModelOpenError {
  const live = `what is live stays until it is replaced and takes ${inMb(takenBytes)}`;
  const error = refusal(largest(needs), live, limitBytes);
  return new ModelOpenError(error.code, `${error.message}; a new start has room for it`, error.model);
}

function refusal({ model, bytes }: Need, others: string, limitBytes: number): ModelOpenError {
  return new ModelOpenError(
    "model-memory",
    `it needs about ${inMb(bytes)}${others === "" ? "" : `, ${others}`}, and models may take ${inMb(limitBytes)}`,
    model,
  );
}

function largest(needs: readonly Need[]): Need {
  return needs.reduce((most, need) => (need.bytes > most.bytes ? need : most));
}

function named(needs: readonly Need[]): string {
  const byModel = new Map<string, number>();
  for (const { model, bytes } of needs) byModel.set(model, (byModel.get(model) ?? 0) + bytes);
  const inOrder = [...byModel].sort(([, a], [, b]) => b - a);
  const first = inOrder.slice(0, mostNamed).map(([model, bytes]) => `"${model}" ${inMb(bytes)}`);
  const more = inOrder.length - first.length;
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function sum(needs: readonly Need[]): number {
  return needs.reduce((total, { bytes }) => total + bytes, 0);
}
