/** Where the repository's files lie, seen from the compiled tests in `dist/tests/support`. */
import { join } from "node:path";

export const root = join(__dirname, "..", "..", "..");

export function inRepository(...parts: string[]): string {
  return join(root, ...parts);
}

/** Recorded answers of other libraries, with the scripts that made them. */
export function reference(name: string): string {
  return inRepository("tests", "references", name);
}
