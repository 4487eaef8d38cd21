/**
 * Writes an artifact's folder so that nothing half-written is ever there: all files into a temporary folder beside it
 * first, then each moved to its place. Files that ekiben did not write, or that were changed since, stay as they are.
 */
import { createHash } from "node:crypto";
import {
  createReadStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { EmittedFile } from "../compiler/emit/emitted-file.js";
import { describeSystemError, Failure } from "./failure.js";
import { withTemporaryFolder } from "./temporary-folder.js";
import { digestOfFile, markerName, printMarker, readMarker, type WrittenFiles } from "./written-files.js";

export interface WriteOptions {
  /** Overwrites what ekiben did not write. */
  readonly force: boolean;
  /** Where a file of the Plan lies. */
  readonly pathOf: (name: string) => string;
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes the files; those of an earlier compilation that are no more are removed. Fails with a `Failure`, having changed nothing. */
export async function writeFolder(
  given: string,
  files: readonly EmittedFile[],
  options: WriteOptions,
): Promise<readonly WrittenFile[]> {
  const folder = realPath(resolve(given));
  try {
    const earlier = earlierFiles(folder, given, options.force);
    return await withTemporaryFolder(folder, async (temporary) => {
      const written: WrittenFile[] = [];
      for (const file of files) written.push(await writeFile(join(temporary, file.path), file, options.pathOf));
      if (!options.force) await refuseToOverwrite(folder, given, written, earlier);
      await moveInto(folder, temporary, written, earlier);
      return written;
    });
  } catch (error) {
    throw describeSystemError(error, `writing "${given}"`) ?? describeObstacle(error, given) ?? error;
  }
}

/** Where a link leads; a path that is not there stays as it is. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function describeObstacle(error: unknown, given: string): Failure | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!["ENOTDIR", "EEXIST", "EISDIR", "ENAMETOOLONG", "ELOOP"].includes(code)) return undefined;
  return new Failure(2, `"${given}" cannot be made: something else is in its way (${code})`, "name another with -o");
}

/** What ekiben wrote there before. */
function earlierFiles(folder: string, given: string, force: boolean): WrittenFiles {
  const kind = kindOf(folder);
  if (kind === "missing") return new Map();
  if (kind !== "folder") throw new Failure(2, `"${given}" is no folder`, "name a folder with -o");
  const marker = readMarker(folder);
  if (marker === undefined && !force && readdirSync(folder).length > 0)
    throw new Failure(
      2,
      `the folder "${given}" holds files, and ekiben did not make it`,
      "name another with -o, or say --force to write into it; files of other names stay as they are",
    );
  return marker ?? new Map();
}

function kindOf(path: string): "folder" | "link" | "other" | "missing" {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "missing";
  return stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "other";
}

async function writeFile(path: string, file: EmittedFile, pathOf: WriteOptions["pathOf"]): Promise<WrittenFile> {
  mkdirSync(dirname(path), { recursive: true });
  const { content } = file;
  const chunks =
    content.kind === "planned"
      ? createReadStream(pathOf(content.name))
      : [content.kind === "text" ? Buffer.from(content.text) : content.bytes];
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(path, "wx");
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  const sha256 = hash.digest("hex");
  if (content.kind === "planned" && content.sha256 !== sha256)
    throw new Failure(1, `"${content.name}" changed while it was being compiled`, "compile again");
  return { path: file.path, bytes, sha256 };
}

/** A file there that is neither as ekiben wrote it nor as it would be written is the user's. */
async function refuseToOverwrite(
  folder: string,
  given: string,
  written: readonly WrittenFile[],
  earlier: WrittenFiles,
): Promise<void> {
  const next = new Map(written.map((file) => [file.path, file.sha256]));
  const own: string[] = [];
  for (const path of new Set([...next.keys(), ...earlier.keys()])) {
    const found = await digestOfFile(join(folder, path));
    if (found !== undefined && found !== next.get(path) && earlier.get(path)?.includes(found) !== true) own.push(path);
  }
  if (own.length === 0) return;
  const names = own.slice(0, 5).map((path) => `"${path}"`);
  throw new Failure(
    2,
    `in "${given}", ${names.join(", ")}${own.length > 5 ? ` and ${own.length - 5} more` : ""} would be lost: ekiben did not write ${own.length === 1 ? "it" : "them"} so`,
    "keep your changes elsewhere, or say --force to lose them",
  );
}

async function moveInto(
  folder: string,
  temporary: string,
  written: readonly WrittenFile[],
  earlier: WrittenFiles,
): Promise<void> {
  const marker: WrittenFiles = new Map(written.map((file) => [file.path, [file.sha256]]));
  if (kindOf(folder) === "missing") {
    await writeMarker(temporary, marker);
    renameSync(temporary, folder);
    return;
  }
  // Until all is in its place, the list names both what was there and what will be.
  const both = new Map([...earlier].map(([path, digests]) => [path, [...digests, ...(marker.get(path) ?? [])]]));
  await writeMarker(temporary, new Map([...marker, ...both]));
  renameSync(join(temporary, markerName), join(folder, markerName));
  for (const { path } of written) {
    makeFolders(folder, path);
    renameSync(join(temporary, path), join(folder, path));
  }
  for (const path of earlier.keys()) if (!marker.has(path)) removeFile(folder, path);
  await writeMarker(temporary, marker);
  renameSync(join(temporary, markerName), join(folder, markerName));
}

async function writeMarker(folder: string, files: WrittenFiles): Promise<void> {
  const content = { kind: "text", text: printMarker(files) } as const;
  const path = join(folder, markerName);
  rmSync(path, { force: true });
  await writeFile(path, { path: markerName, content }, String);
}

/** A link in the way would lead the files out of the folder. */
function makeFolders(folder: string, path: string): void {
  const parts = dirname(path).split("/");
  for (const [index] of parts.entries()) {
    const inside = join(folder, ...parts.slice(0, index + 1));
    const kind = kindOf(inside);
    if (kind === "link" || kind === "other")
      throw new Failure(2, `"${inside}" is in the way: it is no folder`, "move it elsewhere");
    if (kind === "missing") mkdirSync(inside);
  }
}

/** With the folders that it leaves empty. */
function removeFile(folder: string, path: string): void {
  if (path.split("/").includes("..")) return;
  rmSync(join(folder, path), { force: true });
  for (let inside = dirname(path); inside !== "."; inside = dirname(inside)) {
    try {
      rmdirSync(join(folder, inside));
    } catch {
      // Something else is in it, or it is gone.
      return;
    }
  }
}
