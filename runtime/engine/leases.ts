/** Things that the engines of a process share by name, each with its settings: a reload takes over what is there. */

export interface Shared<S> {
  /** The settings of the newest engine that has it. */
  limit(settings: S): void;
  /** Nobody has it any more. */
  close(): void;
}

export interface SharedLease<T> {
  readonly shared: T;
  release(): void;
}

interface Entry<T, S> {
  readonly shared: T;
  /** Of the engines that have it, the newest last. */
  readonly settings: S[];
}

export class Leases<T extends Shared<S>, S extends object> {
  readonly #entries = new Map<string, Entry<T, S>>();

  constructor(private readonly open: (name: string, settings: S) => T) {}

  lease(name: string, settings: S): SharedLease<T> {
    const entry = this.#entries.get(name) ?? { shared: this.open(name, settings), settings: [] };
    this.#entries.set(name, entry);
    entry.settings.push(settings);
    entry.shared.limit(settings);
    return { shared: entry.shared, release: () => this.#release(name, entry, settings) };
  }

  #release(name: string, { shared, settings }: Entry<T, S>, own: S): void {
    settings.splice(settings.indexOf(own), 1);
    const newest = settings.at(-1);
    if (newest !== undefined) {
      shared.limit(newest);
      return;
    }
    this.#entries.delete(name);
    shared.close();
  }
}
