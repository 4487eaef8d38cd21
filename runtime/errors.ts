/**
 * The errors that a caller can meet: one class, one table of codes. Each protocol prints them in its own dialect.
 * The spec author's mistakes are diagnostics and never pass through here; ours are `invariant` failures.
 */

/** Every code with its HTTP status and the title that its problem document carries (RFC 9457). */
export const errorTable = {
  "malformed-body": { status: 400, title: "The body cannot be read" },
  "bad-header": { status: 400, title: "A header has a value that cannot be used" },
  "not-found": { status: 404, title: "There is nothing at this address" },
  "method-not-allowed": { status: 405, title: "The address does not take this method" },
  "not-acceptable": { status: 406, title: "The answer has no form that the caller accepts" },
  "body-timeout": { status: 408, title: "The body did not arrive in time" },
  "sequence-lost": { status: 409, title: "The sequence's state is gone" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body's media type is not taken here" },
  "invalid-input": { status: 422, title: "The input is not what the endpoint takes" },
  "headers-too-large": { status: 431, title: "The headers are too large" },
  "queue-full": { status: 429, title: "Too many requests are waiting" },
  cancelled: { status: 499, title: "The caller left" },
  internal: { status: 500, title: "The service failed" },
  "model-failed": { status: 500, title: "The model failed on this input" },
  "instance-lost": { status: 503, title: "What ran the request was lost" },
  "not-ready": { status: 503, title: "The service is not ready" },
  "deadline-exceeded": { status: 504, title: "The answer was not ready in time" },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** One place of the input that is wrong: a JSON Pointer into it, and a sentence. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}

export interface ErrorOptions {
  /** For `invalid-input`: every place that is wrong. */
  readonly errors?: readonly InputError[];
  /** For `queue-full`, `not-ready` and `instance-lost`: an honest estimate in seconds. */
  readonly retryAfterS?: number;
  /** For `method-not-allowed`: what the address does take. */
  readonly allow?: readonly string[];
  readonly cause?: unknown;
}

/** An error with a code from the table. Its message may be shown to the caller: it holds no path, stack or other request's data. */
export class EkibenError extends Error {
  override readonly name = "EkibenError";
  readonly errors: readonly InputError[];
  readonly retryAfterS: number | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfterS = options.retryAfterS;
    this.allow = options.allow;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

/** An input that is wrong at one place; `path` is a JSON Pointer, or empty for the whole. */
export function invalidInput(message: string, path = ""): EkibenError {
  return new EkibenError("invalid-input", message, { errors: [{ path, message }] });
}

/** Throws when something that this program promises itself does not hold: our fault, answered with 500. */
export function invariant(condition: unknown, whatMustHold: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${whatMustHold}`);
}

/** For the default branch of an exhaustive switch. */
export function assertNever(value: never): never {
  throw new Error(`invariant: unexpected ${JSON.stringify(value)}`);
}
