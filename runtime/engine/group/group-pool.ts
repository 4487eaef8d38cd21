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
}

export class GroupPool {
  readonly #entries = new Map<string, Entry>();

  /** The group of a model's version, opened when no engine has it yet. */
  async lease(
    name: string,
    model: PlanModel,
    { version, digest }: PlanVersion,
    open: () => Promise<ModelGroup>,
  ): Promise<Lease> {
    const key = JSON.stringify([name, version, digest, ...settingsOf(model)]);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { group: open(), leases: 0 };
      this.#entries.set(key, entry);
    }
    entry.leases++;
    const leased = entry;
    try {
      const group = await leased.group;
      return { group, release: () => this.#release(key, leased) };
    } catch (error) {
      leased.leases--;
      if (this.#entries.get(key) === leased) this.#entries.delete(key);
      throw error;
    }
  }

  async #release(key: string, entry: Entry): Promise<void> {
    entry.leases--;
    if (entry.leases > 0) return;
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    await (await entry.group).close();
  }
}

/** What the digest does not hold: how requests meet, and what references to the environment stand for at this start. */
function settingsOf({ batching, queue, session, devices, instances, isolation }: PlanModel): readonly unknown[] {
  return [batching ?? null, queue, session, devices, instances, isolation ?? null];
}
