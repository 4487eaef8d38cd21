/** Why an instance ended that nobody had asked to, and what those get to hear whose requests were inside. */
import { EkibenError } from "../../errors.js";

export interface Ending {
  readonly cause: "crashed" | "hung" | "out-of-memory";
  /** A clause, such as `it was ended by SIGSEGV`. */
  readonly reason: string;
}

/** What had been handed to an instance that ended before it came to it: it can be run elsewhere. */
export class NotBegunError extends EkibenError {
  constructor(ending: Ending) {
    const { message, retryAfterS = 1, cause } = lostError(ending);
    super("instance-lost", message, { retryAfterS, cause });
  }
}

export function lostError({ cause, reason }: Ending): EkibenError {
  const what = {
    crashed: "ended unexpectedly",
    hung: "did not come back in time and was ended",
    "out-of-memory": "took too much memory and was ended",
  }[cause];
  const message = `The instance that ran it ${what}; try again.`;
  return new EkibenError("instance-lost", message, { retryAfterS: 1, cause: reason });
}
