/** Words of a user in a Dockerfile, where they cannot become instructions. */
import { invariant } from "../../runtime/errors.js";

/** A value of ENV in double quotes. */
export function quoteEnv(value: string): string {
  invariant(!/\p{Cc}/u.test(value), "a value of ENV has no control characters");
  return `"${value.replaceAll(/["\\$]/g, "\\$&")}"`;
}

/** A word of a RUN instruction, for the shell. */
export function quoteShell(word: string): string {
  invariant(!/\p{Cc}/u.test(word), "a word of RUN has no control characters");
  return /^[A-Za-z0-9_./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
