/** An error as a problem document (RFC 9457). What is not the caller's business stays in the log. */
import { EkibenError, errorTable } from "../errors.js";

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export function problemAnswer(error: EkibenError, requestId: string): ProblemAnswer {
  const { status, title } = errorTable[error.code];
  const document = {
    type: `urn:ekiben:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.code === "invalid-input" ? { errors: error.errors } : {}),
  };
  const retryAfterS = error.retryAfterS ?? (status === 429 || status === 503 ? 1 : undefined);
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterS === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterS))) }),
      ...(error.allow === undefined ? {} : { allow: error.allow.join(", ") }),
    },
    body: JSON.stringify(document),
  };
}

/** Anything thrown as an error of the table: what is not ours to tell becomes `internal`. */
export function toEkibenError(error: unknown): EkibenError {
  if (error instanceof EkibenError) return error;
  return new EkibenError("internal", "The service failed to answer; the log has the reason under this request's id.", {
    cause: error,
  });
}
