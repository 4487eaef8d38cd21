/** A new folder. The environment of each test file puts it where all is gone after the file's tests. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "ekiben-"));
}
