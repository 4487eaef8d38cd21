/** What was measured of models' batches, kept on disk: a file each, by what the measurement depends on. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MeasuredRun } from "../group/run-cost.js";

/** Anything else that says how long runs take belongs to the compile key. */
export interface ProfileKey {
  readonly compileKey: string;
  readonly intraOpThreads: number;
  readonly instances: number;
  readonly place: string;
  readonly maxBatchSize: number;
}

export class ProfileStore {
  constructor(private readonly folder: string) {}

  async load(key: ProfileKey): Promise<readonly MeasuredRun[] | undefined> {
    try {
      const found: unknown = JSON.parse(await readFile(this.fileOf(key), "utf8"));
      return Array.isArray(found) && found.every(isRun) ? found : undefined;
    } catch {
      return undefined;
    }
  }

  /** That it cannot be kept matters to nobody: it is measured again. */
  async save(key: ProfileKey, measured: readonly MeasuredRun[]): Promise<void> {
    const file = this.fileOf(key);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify(measured), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch {
      // The disk is full, or not to be written to.
    }
  }

  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private fileOf(key: ProfileKey): string {
    return join(this.folder, `${createHash("sha256").update(JSON.stringify(key)).digest("hex")}.json`);
  }
}

function isRun(value: unknown): value is MeasuredRun {
  if (typeof value !== "object" || value === null || !("work" in value) || !("ms" in value)) return false;
  const { work, ms } = value;
  return typeof work === "number" && typeof ms === "number" && work > 0 && ms > 0;
}
