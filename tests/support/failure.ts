/** What a call fails with. */
import { EkibenError, type ErrorCode } from "../../runtime/errors.js";

/** The code of the error that a promise fails with; any other outcome fails the test. */
export async function failureCode(promise: Promise<unknown>): Promise<ErrorCode> {
  const error: unknown = await promise.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  if (error instanceof EkibenError) return error.code;
  throw error;
}
