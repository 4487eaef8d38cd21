/** Why a model could not be loaded, for those who asked for it: a sentence without paths of this machine. */
import { ModelOpenError } from "../open/open-failure.js";
import { inMb } from "./megabytes.js";
import { MemoryShortError } from "./memory-budget.js";

export function whyNotLoaded(name: string, error: unknown): string {
  return `Model "${name}" cannot be loaded: ${reasonOf(error)}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof ModelOpenError) return error.message;
  if (!(error instanceof MemoryShortError)) return "it failed to open.";
  return `it needs about ${inMb(error.needs[0]?.bytes ?? 0)} of memory, and models may take ${inMb(error.limitBytes)}.`;
}
