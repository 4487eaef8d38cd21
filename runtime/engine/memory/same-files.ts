/** Whether a model's files are still those of the Plan: one that is loaded later must be the one that was meant. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { PlanFile } from "../../plan/plan.js";
import { ModelOpenError } from "../open/open-failure.js";

interface KnownFile extends PlanFile {
  readonly path: string;
}

export class SameFiles {
  /** By path, what a file was recognised by when it was last read. */
  readonly #stamps = new Map<string, string>();

  constructor(private readonly files: readonly KnownFile[]) {}

  /** Throws `ModelOpenError`. Reads a file again only when it was written to. */
  async check(): Promise<void> {
    for (const file of this.files) await this.#checkFile(file);
  }

  async #checkFile({ path, bytes, sha256 }: KnownFile): Promise<void> {
    const status = await stat(path).catch(() => undefined);
    if (status === undefined) throw new ModelOpenError("model-missing", "its file is not there any more.");
    const stamp = `${status.ino} ${status.size} ${status.ctimeMs}`;
    if (this.#stamps.get(path) === stamp) return;
    if (status.size !== bytes || (await digestOf(path)) !== sha256)
      throw new ModelOpenError("model-unreadable", "its file was changed after the service started.");
    this.#stamps.set(path, stamp);
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
