/** A file of environment variables, as Node and Docker read it. */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { Failure } from "./failure.js";

export function readEnvFile(file: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch {
    throw new Failure(
      2,
      `the file of environment variables "${file}" cannot be read`,
      "name a file of NAME=value lines",
    );
  }
}
