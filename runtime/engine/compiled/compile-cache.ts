/**
 * Compiled models on disk, a folder each: onnxruntime's optimised graph, and its weights in a file that all sessions map
 * into memory together. Written beside and moved into place; what is damaged is thrown away; bounded in size, the least
 * recently used goes first.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Entry, type FileStamp, graphFile, parseEntry, stampOf, weightsFile, wholeFiles } from "./cache-entry.js";

export type Compiled =
  /** The path of the graph. */
  | { readonly kind: "packed" | "compiled"; readonly file: string }
  /** It was tried, and what came of it does not compute the same. */
  | { readonly kind: "unsuitable" };

/** What `list` shows of an entry. */
export interface Listed {
  readonly key: string;
  readonly model: string;
  readonly kind: Entry["kind"];
  readonly bytes: number;
  /** When it was last used, in milliseconds since 1970. */
  readonly usedMs: number;
}

const entryFile = "entry.json";
const temporary = ".new-";
/** What a process that ended left behind is as good as gone after so long. */
const abandonedMs = 60 * 60_000;

export class CompileCache {
  constructor(
    readonly folder: string,
    readonly maxBytes: number,
  ) {}

  /** A model's compiled form; undefined where there is none that is whole. */
  async find(key: string): Promise<Compiled | undefined> {
    const folder = join(this.folder, key);
    const entry = await readEntry(folder);
    const whole = entry === undefined ? undefined : await wholeFiles(folder, entry.files);
    if (entry === undefined || whole === undefined) {
      await this.remove(key);
      return undefined;
    }
    const now = new Date();
    if (whole !== entry.files) await writeEntry(folder, { ...entry, files: whole }).catch(() => {});
    else await utimes(join(folder, entryFile), now, now).catch(() => {});
    return entry.kind === "unsuitable" ? { kind: "unsuitable" } : { kind: entry.kind, file: join(folder, graphFile) };
  }

  /**
   * Has a folder filled by `compile` and keeps it. Undefined when it cannot be kept: the disk is full or not to be written to.
   */
  async put(
    key: string,
    model: string,
    compile: (folder: string) => Promise<Entry["kind"]>,
  ): Promise<Compiled | undefined> {
    const made = join(this.folder, `${temporary}${randomUUID()}`);
    try {
      await mkdir(made, { recursive: true, mode: 0o700 });
      const kind = await compile(made);
      const names = kind === "unsuitable" ? [] : [graphFile, weightsFile];
      const files = await Promise.all(names.map((name) => stampOf(made, name)));
      await writeEntry(made, { kind, model, files: files.filter((file) => file !== undefined) });
      await rename(made, join(this.folder, key)).catch(ignoreTaken);
      await this.evict(key);
      return await this.find(key);
    } catch {
      return undefined;
    } finally {
      await rm(made, { recursive: true, force: true }).catch(() => {});
    }
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.folder, key), { recursive: true, force: true }).catch(() => {});
  }

  /** The most recently used first. */
  async list(): Promise<readonly Listed[]> {
    const names = await readdir(this.folder).catch(() => []);
    const listed = await Promise.all(names.map((name) => this.describe(name)));
    return listed.filter((each) => each !== undefined).sort((a, b) => b.usedMs - a.usedMs);
  }

  /** Removes every entry; gives how many there were, and their size. Sessions that are open keep what they have mapped. */
  async clear(): Promise<{ readonly entries: number; readonly bytes: number }> {
    const entries = await this.list();
    for (const { key } of entries) await this.remove(key);
    return { entries: entries.length, bytes: sum(entries) };
  }

  private async describe(key: string): Promise<Listed | undefined> {
    const folder = join(this.folder, key);
    const entry = await readEntry(folder);
    const status = await stat(join(folder, entryFile)).catch(() => undefined);
    if (entry === undefined || status === undefined) return undefined;
    const bytes = entry.files.reduce((total, file) => total + file.bytes, 0);
    return { key, model: entry.model, kind: entry.kind, bytes, usedMs: status.mtimeMs };
  }

  private async evict(except: string): Promise<void> {
    const entries = await this.list();
    let bytes = sum(entries);
    for (const entry of [...entries].reverse()) {
      if (bytes <= this.maxBytes) break;
      if (entry.key === except) continue;
      await this.remove(entry.key);
      bytes -= entry.bytes;
    }
    await this.removeAbandoned();
  }

  private async removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!name.startsWith(temporary)) continue;
      const status = await stat(join(this.folder, name)).catch(() => undefined);
      if (status !== undefined && Date.now() - status.mtimeMs > abandonedMs) await this.remove(name);
    }
  }
}

async function readEntry(folder: string): Promise<Entry | undefined> {
  const text = await readFile(join(folder, entryFile), "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseEntry(text);
}

async function writeEntry(folder: string, entry: Entry): Promise<void> {
  await writeFile(join(folder, entryFile), JSON.stringify(entry), { mode: 0o600 });
}

/** Another process was faster: its entry is as good. */
function ignoreTaken(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}

function sum(entries: readonly Pick<FileStamp, "bytes">[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0);
}
