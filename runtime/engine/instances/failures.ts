/** Errors on their way from where a session runs: classes do not cross threads and processes. */
import { assertNever, EkibenError } from "../../errors.js";
import { ModelOpenError } from "../open/open-failure.js";
import { tidyMessage } from "./onnxruntime-message.js";
import type { LaneFailure } from "./worker-messages.js";

export function openFailure(error: unknown): LaneFailure {
  if (error instanceof ModelOpenError) return { from: "open", code: error.code, message: error.message };
  return workerFailure(error);
}

export function runFailure(error: unknown): LaneFailure {
  return { from: "run", message: tidyMessage(messageOf(error)) };
}

/** What a run of a session fails with. */
export function runError(error: unknown): Error {
  return errorOf(runFailure(error));
}

export function stepFailure(error: unknown): LaneFailure {
  if (!(error instanceof EkibenError)) return workerFailure(error);
  const { code, message, errors } = error;
  return { from: "step", error: { code, message, errors } };
}

export function workerFailure(error: unknown): LaneFailure {
  return { from: "worker", message: messageOf(error) };
}

/** The error again, where it has arrived. */
export function errorOf(failure: LaneFailure): Error {
  switch (failure.from) {
    case "open":
      return new ModelOpenError(failure.code, failure.message);
    case "run":
      return new EkibenError("model-failed", failure.message);
    case "step":
      return new EkibenError(failure.error.code, failure.error.message, { errors: failure.error.errors });
    case "worker":
      return new EkibenError("internal", "A worker thread failed.", { cause: failure.message });
    default:
      return assertNever(failure);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
