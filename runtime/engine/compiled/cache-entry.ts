/** What the cache notes of an entry, and how it tells that the entry's files are still what was written. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

export interface Entry {
  /** `packed`: compiled, with weights as the kernels read them, so that sessions keep no copies of their own. */
  readonly kind: "packed" | "compiled" | "unsuitable";
  /** The model's name, for people. */
  readonly model: string;
  readonly files: readonly FileStamp[];
}

/** The files that an entry may have. */
export const graphFile = "model.onnx";
export const weightsFile = "weights.bin";

/** A file's content, and by what it is recognised without reading it. */
export interface FileStamp {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly changedMs: number;
}

/** Undefined where it cannot be read. */
export async function stampOf(folder: string, name: string): Promise<FileStamp | undefined> {
  const path = join(folder, name);
  try {
    const status = await stat(path);
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return { name, bytes: status.size, sha256: hash.digest("hex"), changedMs: status.ctimeMs };
  } catch {
    return undefined;
  }
}

/**
 * The files as they are, where all have the content that they were written with; undefined where one has not. One whose
 * inode has not changed since is not read again.
 */
export async function wholeFiles(
  folder: string,
  files: readonly FileStamp[],
): Promise<readonly FileStamp[] | undefined> {
  const now = await Promise.all(files.map((file) => checked(folder, file)));
  if (now.includes(undefined)) return undefined;
  return now.every((file, index) => file === files[index]) ? files : now.filter((file) => file !== undefined);
}

async function checked(folder: string, file: FileStamp): Promise<FileStamp | undefined> {
  const status = await stat(join(folder, file.name)).catch(() => undefined);
  if (status === undefined || status.size !== file.bytes) return undefined;
  if (status.ctimeMs === file.changedMs) return file;
  const found = await stampOf(folder, file.name);
  return found?.sha256 === file.sha256 ? found : undefined;
}

/** Undefined for what is no entry. */
export function parseEntry(text: string): Entry | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isEntry(entry) ? entry : undefined;
}

function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false;
  const { kind, model, files } = value;
  return (
    (kind === "packed" || kind === "compiled" || kind === "unsuitable") &&
    typeof model === "string" &&
    Array.isArray(files) &&
    files.every(isStamp) &&
    (kind === "unsuitable" || files.some(({ name }) => name === graphFile))
  );
}

function isStamp(value: unknown): value is FileStamp {
  if (!isObject(value)) return false;
  const { name, bytes, sha256, changedMs } = value;
  return (
    (name === graphFile || name === weightsFile) &&
    typeof bytes === "number" &&
    typeof sha256 === "string" &&
    typeof changedMs === "number"
  );
}

function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === "object" && value !== null;
}
