/** The list of what an earlier `compile` wrote into a folder, kept in `.ekiben.json` there. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";

export const markerName = ".ekiben.json";

/** SHA-256 by path, relative to the folder. A path has several while files are being moved, and after an interruption. */
export type WrittenFiles = ReadonlyMap<string, readonly string[]>;

/** Undefined for a folder that ekiben did not make. */
export function readMarker(folder: string): WrittenFiles | undefined {
  try {
    const marker: unknown = JSON.parse(readFileSync(join(folder, markerName), "utf8"));
    if (typeof marker !== "object" || marker === null || !("files" in marker)) return undefined;
    return new Map(
      Object.entries(marker.files as object).map(([path, digests]) => [path, [digests].flat().map(String)]),
    );
  } catch {
    return undefined;
  }
}

export function printMarker(files: WrittenFiles): string {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([path, digests]) => [path, digests.length === 1 ? digests[0] : digests]);
  const note = "What ekiben compile wrote, by SHA-256: it replaces and removes these files, and no others.";
  return `${JSON.stringify({ note, files: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** The digest of a file; undefined when there is none. */
export async function digestOfFile(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return undefined;
    throw error;
  }
  return hash.digest("hex");
}
