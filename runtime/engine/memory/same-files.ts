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

  async #checkFile(file: KnownFile): Promise<void> {
    const status = await stat(file.path).catch(() => undefined);
    if (status === undefined) throw new ModelOpenError("model-missing", "its file is not there any more.");
    const stamp = `${status.ino} ${status.size} ${status.ctimeMs}`;
    if (this.#stamps.get(file.path) === stamp) return;
    if ((await changeOf(file)) !== undefined)
      throw new ModelOpenError("model-unreadable", "its file was changed after the service started.");
    this.#stamps.set(file.path, stamp);
  }
}

export type FileChange = "missing" | "unreadable" | "changed";

/** How a file differs from what the Plan says of it. Reads it all, unless its size tells. */
export async function changeOf({ path, bytes, sha256 }: KnownFile): Promise<FileChange | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return "missing";
  if (status.size !== bytes) return "changed";
  const digest = await digestOf(path).catch(() => undefined);
  if (digest === undefined) return "unreadable";
  return digest === sha256 ? undefined : "changed";
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
