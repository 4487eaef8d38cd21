/** What a refused call says. */
import { EkibenError } from "../../runtime/errors.js";

/** The message of the `invalid-input` that a promise fails with; any other outcome fails the test. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof EkibenError && error.code === "invalid-input") return error.message;
  throw error;
}
