/**
 * Watches files, also those that are not there yet, through their folders, and tells when they have changed and come to
 * rest: truncated and written, renamed over, deleted and made again, or swapped by a link. The one file that imports chokidar.
 */
import { type FSWatcher, watch } from "chokidar";
import { changedFiles, type Fingerprint, fingerprintOf, folderIdentity, foldersOf } from "./fingerprint.js";

/** Files must not change for this long before a change is told; the large ones longer, since they are written in parts. */
const quietMs = 20;
const quietLargeMs = 250;
const largeBytes = 1e6;

interface WatchedFolder {
  readonly identity: string;
  readonly watcher: FSWatcher;
}

export class FileWatch {
  readonly #folders = new Map<string, WatchedFolder>();
  #awaited: ReadonlySet<string> = new Set();
  #seen: Fingerprint = new Map();
  #last: Fingerprint = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `onChange` is told of the files that changed, once they are at rest. */
  constructor(readonly onChange: (files: readonly string[]) => void) {}

  /**
   * Follows these files from now on; whatever differs from `seen` is a change. Those that are `awaited` may be written for
   * as long as it takes: changes of the others are told meanwhile.
   */
  follow(seen: Fingerprint, awaited: Iterable<string> = []): void {
    if (this.#isClosed) return;
    this.#seen = seen;
    this.#awaited = new Set(awaited);
    this.#watchFolders();
    this.#look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all([...this.#folders.values()].map(({ watcher }) => watcher.close()));
  }

  /** Something happened in a folder: looked at again once nothing more happens. */
  #look(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#last = fingerprintOf(this.#seen.keys());
    this.#wait();
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#settle(), quietFor(changedFiles(this.#seen, this.#last), this.#last));
  }

  #settle(): void {
    const now = fingerprintOf(this.#seen.keys());
    const moving = new Set(changedFiles(this.#last, now));
    this.#last = now;
    if ([...moving].some((file) => !this.#awaited.has(file))) {
      this.#wait();
      return;
    }
    this.#timer = undefined;
    this.#watchFolders();
    const changed = changedFiles(this.#seen, now).filter((file) => !moving.has(file));
    this.#seen = new Map(
      [...now].map(([file, state]) => [file, moving.has(file) ? (this.#seen.get(file) ?? "") : state]),
    );
    if (moving.size > 0) this.#wait();
    if (changed.length > 0) this.onChange(changed);
  }

  #watchFolders(): void {
    const wanted = new Set([...this.#seen.keys()].flatMap((file) => foldersOf(file)));
    for (const [folder, { identity, watcher }] of this.#folders) {
      if (wanted.has(folder) && identity === folderIdentity(folder)) continue;
      this.#folders.delete(folder);
      void watcher.close();
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#folders.set(folder, this.#watchFolder(folder));
  }

  /** The raw events of the folder itself tell of all its entries; watching each of them is not needed. */
  #watchFolder(folder: string): WatchedFolder {
    const identity = folderIdentity(folder);
    const watcher = watch(folder, { depth: 0, ignoreInitial: true, ignored: (path) => path !== folder });
    const look = (): void => this.#look();
    watcher.on("raw", look).on("all", look).on("ready", look).on("error", look);
    return { identity, watcher };
  }
}

function quietFor(changed: readonly string[], now: Fingerprint): number {
  const isLarge = changed.some((file) => Number(now.get(file)?.split(" ")[2] ?? 0) > largeBytes);
  return isLarge ? quietLargeMs : quietMs;
}
