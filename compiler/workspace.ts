/** The files that a spec names, relative to its folder: read, digested and remembered until they change. */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { listFiles } from "./files.js";
import type { SignatureResult } from "./models/signature.js";
import { readSignature } from "./models/signature.js";

export interface FileDigest {
  readonly sha256: string;
  readonly bytes: number;
}

/** What is known of files by path and state; shared between compilations, so that an unchanged model is not read again. */
export type FileCache = Map<string, { readonly state: string; readonly facts: Map<string, unknown> }>;

export class Workspace {
  /** Absolute paths of all files that were asked for, also of those that are not there. */
  readonly named = new Set<string>();
  /** Absolute paths of files that are not whole yet: nothing rests on them, and they are looked at again once they change. */
  readonly awaited = new Set<string>();
  /** Absolute paths of folders of versions. */
  readonly versionFolders = new Set<string>();

  constructor(
    /** The spec's folder. */
    readonly folder: string,
    readonly cache: FileCache = new Map(),
  ) {}

  path(name: string): string {
    const path = isAbsolute(name) ? name : join(this.folder, name);
    this.named.add(path);
    return path;
  }

  kindOf(name: string): "file" | "folder" | "missing" {
    try {
      const stats = statSync(this.path(name));
      return stats.isDirectory() ? "folder" : stats.isFile() ? "file" : "missing";
    } catch {
      return "missing";
    }
  }

  /** Whether a file that is there lies in the folder, wherever links lead. */
  isInside(name: string): boolean {
    const from = relative(realpathSync(this.folder), realpathSync(this.path(name)));
    return from !== ".." && !from.startsWith(`..${sep}`) && !isAbsolute(from);
  }

  /** What a folder holds, by name; nothing where it is none. */
  entries(name: string): readonly string[] {
    try {
      return readdirSync(this.path(name)).sort();
    } catch {
      return [];
    }
  }

  /** A folder of versions: also a version that comes later is seen, in an empty one too. */
  follows(folder: string): void {
    this.versionFolders.add(this.path(folder));
    this.path(join(folder, "1"));
  }

  /** What lies in a folder, and the folder itself, is awaited. */
  awaits(folder: string): void {
    const path = this.path(folder);
    const files = listFiles(path, ["**"], []).slice(0, mostAwaited);
    for (const file of [path, ...foldersIn(files, path), ...files.map((each) => join(path, each))]) {
      this.named.delete(file);
      this.awaited.add(file);
    }
  }

  /** Names beside a file that is not there, for did-you-mean. */
  siblings(name: string): readonly string[] {
    try {
      const folder = dirname(name);
      const entries = readdirSync(dirname(this.path(name))).slice(0, 1000);
      return entries.map((entry) => (folder === "." ? entry : join(folder, entry)));
    } catch {
      return [];
    }
  }

  text(name: string): string {
    return this.remember(name, "text", (path) => readFileSync(path, "utf8"));
  }

  digest(name: string): FileDigest {
    return this.remember(name, "digest", digestFile);
  }

  signature(name: string): SignatureResult {
    const result = this.remember(name, "signature", readSignature);
    // It rests on other files, too, whose changes do not show in the model's own.
    if (!result.ok || result.signature.externalFiles.length > 0)
      this.cache.get(this.path(name))?.facts.delete("signature");
    return result;
  }

  /** Whether a pattern, as in .gitignore, matches some file of the folder. */
  matchesSome(pattern: string): boolean {
    return listFiles(this.folder, [pattern], []).length > 0;
  }

  /** A fact about a file, made anew only when the file has changed. */
  remember<T>(name: string, fact: string, make: (path: string) => T): T {
    const path = this.path(name);
    const state = stateOf(path);
    let known = this.cache.get(path);
    if (known === undefined || known.state !== state) {
      known = { state, facts: new Map() };
      this.cache.set(path, known);
    }
    if (!known.facts.has(fact)) known.facts.set(fact, make(path));
    // Each fact is made and asked for under one name, with one type.
    return known.facts.get(fact) as T;
  }
}

const mostAwaited = 1_000;

function foldersIn(files: readonly string[], path: string): readonly string[] {
  return [...new Set(files.map((file) => dirname(join(path, file))))].filter((folder) => folder !== path);
}

export function fileName(path: string): string {
  return basename(path);
}

function stateOf(path: string): string {
  try {
    const { mtimeMs, size, ino, ctimeMs } = statSync(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return "missing";
  }
}

function digestFile(path: string): FileDigest {
  const hash = createHash("sha256");
  const descriptor = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(Math.min(Math.max(fstatSync(descriptor).size, 1), 1 << 20));
  let bytes = 0;
  try {
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return { sha256: hash.digest("hex"), bytes };
}
