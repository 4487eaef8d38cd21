/** Instance groups by digest, leased to engines: what reload reuses. A group closes when the last that leased it lets it go. */
import type { PlanModel, PlanVersion } from "../../plan/plan.js";
import type { ModelGroup } from "./model-group.js";

export interface Lease {
  readonly group: ModelGroup;
  release(): Promise<void>;
}

export interface WantedGroup {
  readonly name: string;
  readonly model: PlanModel;
  readonly version: PlanVersion;
}

interface Entry {
  readonly name: string;
  readonly group: Promise<ModelGroup>;
  leases: number;
  onClosed: () => void;
}

export class GroupPool {
  readonly #entries = new Map<string, Entry>();

  /** Whether an engine has such a group. */
  has(wanted: WantedGroup): boolean {
    return this.#entries.has(keyOf(wanted));
  }

  /** Whether an engine has a version of that model, whatever its settings. */
  hasModel(name: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.name === name);
  }

  /** The group of a model's version, opened when no engine has it yet. `onClosed` is told once its sessions are released. */
  async lease(wanted: WantedGroup, open: () => Promise<ModelGroup>, onClosed: () => void = () => {}): Promise<Lease> {
    const key = keyOf(wanted);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { name: wanted.name, group: open(), leases: 0, onClosed };
      this.#entries.set(key, entry);
    } else onClosed();
    entry.leases++;
    const leased = entry;
    try {
      const group = await leased.group;
      return { group, release: () => this.#release(key, leased) };
    } catch (error) {
      leased.leases--;
      if (this.#entries.get(key) === leased) this.#entries.delete(key);
      if (leased.leases === 0) leased.onClosed();
      throw error;
    }
  }

  async #release(key: string, entry: Entry): Promise<void> {
    entry.leases--;
    if (entry.leases > 0) return;
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    try {
      await (await entry.group).close();
    } finally {
      entry.onClosed();
    }
  }
}

/** What makes a group another: its model's contents, how requests meet, where and when it runs; not its share of the cores. */
function keyOf({ name, model, version }: WantedGroup): string {
  const { batching, queue, session, devices, instances, isolation, residency } = model;
  const settings = [batching, queue, session, devices, instances, isolation, residency];
  return JSON.stringify([name, version.version, version.digest, settings]);
}
