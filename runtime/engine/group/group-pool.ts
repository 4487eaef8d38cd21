/** Instance groups by digest, leased to engines: what reload reuses. A group closes when the last that leased it lets it go. */
import type { PlanModel, PlanVersion } from "../../plan/plan.js";
import type { ModelGroup } from "./model-group.js";

export interface Lease {
  readonly group: ModelGroup;
  release(): Promise<void>;
}

interface Entry {
  readonly group: Promise<ModelGroup>;
  leases: number;
  onClosed: () => void;
}

export class GroupPool {
  readonly #entries = new Map<string, Entry>();

  /** Whether an engine has the group of a model's version. */
  has(name: string, model: PlanModel, version: PlanVersion): boolean {
    return this.#entries.has(keyOf(name, model, version));
  }

  /** The group of a model's version, opened when no engine has it yet. `onClosed` is told once its sessions are released. */
  async lease(
    name: string,
    model: PlanModel,
    version: PlanVersion,
    open: () => Promise<ModelGroup>,
    onClosed: () => void = () => {},
  ): Promise<Lease> {
    const key = keyOf(name, model, version);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { group: open(), leases: 0, onClosed };
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

function keyOf(name: string, model: PlanModel, { version, digest }: PlanVersion): string {
  return JSON.stringify([name, version, digest, ...settingsOf(model)]);
}

/** What the digest does not hold: how requests meet, and what references to the environment stand for at this start. */
function settingsOf(model: PlanModel): readonly unknown[] {
  const { batching, queue, session, devices, instances, isolation, residency } = model;
  return [batching ?? null, queue, session, devices, instances, isolation ?? null, residency ?? "always"];
}
