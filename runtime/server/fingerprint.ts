/** What files are like right now, so that a change is told from an event without one; and the folders where changes show. */
import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The state of each file by its path; links are followed. */
export type Fingerprint = ReadonlyMap<string, string>;

export function fingerprintOf(files: Iterable<string>): Fingerprint {
  return new Map([...files].map((file) => [file, stateOf(file)]));
}

/** The files of the first whose state is another in the second; those that the second does not know are left out. */
export function changedFiles(before: Fingerprint, after: Fingerprint): readonly string[] {
  return [...before].filter(([file, state]) => after.has(file) && after.get(file) !== state).map(([file]) => file);
}

function stateOf(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return "missing";
  }
}

const mostLinks = 20;

/**
 * Existing folders in which an entry changes when the file does: its own, the nearest that exists when it has none, and
 * those that its links lead through. Kubernetes and deployment scripts swap a link to a folder, above the file.
 */
export function foldersOf(path: string, links = 0): readonly string[] {
  const folder = dirname(path);
  if (folder === path) return [folder];
  if (kindOf(folder) === "missing") return foldersOf(folder, links);
  const target = links < mostLinks ? linkTarget(path) : undefined;
  return [
    folder,
    ...(kindOf(folder) === "link" ? foldersOf(folder, links + 1) : []),
    ...(target === undefined ? [] : foldersOf(target, links + 1)),
  ];
}

/** A folder's identity: another one in its place is another. */
export function folderIdentity(path: string): string {
  try {
    const { dev, ino } = statSync(path);
    return `${dev} ${ino}`;
  } catch {
    return "missing";
  }
}

const mostEntries = 1000;

/** Everything that lies beside the files: what a broken attempt may have missed without naming it. */
export function neighboursOf(files: readonly string[]): readonly string[] {
  const known = new Set(files);
  const folders = new Set(files.map((file) => dirname(file)));
  return [...folders].flatMap(entriesOf).filter((file) => !known.has(file));
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .slice(0, mostEntries)
      .map((entry) => join(folder, entry));
  } catch {
    return [];
  }
}

function kindOf(path: string): "link" | "other" | "missing" {
  try {
    if (lstatSync(path).isSymbolicLink()) return "link";
    return "other";
  } catch {
    return "missing";
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}
