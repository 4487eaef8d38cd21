/**
 * The threads of a group's instances, where they share the cores with others: when their share changes they are opened anew, and
 * so they are when the threads are better laid out otherwise.
 */

import type { PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import type { Observer } from "../observer.js";
import { type EndedRun, type Layout, LayoutChoice } from "./layout.js";
import type { Placement } from "./model-group.js";

/** Memory for instances beside those that there are. */
export interface SpareMemory {
  /** Others may ask for it from now on. */
  offer(evictable: { readonly lastUsedMs: number; readonly isIdle: boolean; evict(): Promise<void> }): void;
  release(): void;
}

export interface ThreadShareParts {
  readonly name: string;
  /** Its threads are together. */
  readonly placement: Placement;
  /** Whether there is a share that changes: not where the model says how many threads it wants, or does not run on the cores. */
  readonly changes: boolean;
  /** Whether its threads may be laid out apart, and one instance become several. */
  readonly mayPart: boolean;
  /** Whether that may be worth it, by what is known of the model now. */
  readonly isWorthParting: () => boolean;
  /** Opens all instances anew, with so many threads, one after the other. */
  readonly renew: () => Promise<void>;
  /** Opens so many instances in place of all that there are. */
  readonly replace: (instances: number) => Promise<void>;
  /** Memory for so many more instances. Rejects where there is none. Absent: nobody counts. */
  readonly reserve?: (instances: number) => Promise<SpareMemory>;
  /** Told of another share. */
  readonly onMoved: (placement: Placement) => void;
  readonly observer: Observer;
  readonly clock: Clock;
}

/** One instance in this process may become several; a target for its batches' latency was measured with all its threads. */
export function mayPart({ batching }: PlanModel, { place, instances }: Placement): boolean {
  return place === "thread" && instances === 1 && batching?.adaptive === undefined;
}

const uncounted = async (): Promise<SpareMemory> => ({ offer: () => {}, release: () => {} });

export class ThreadShare {
  #placement: Placement;
  #share: number;
  #layout: Layout = "together";
  #choice: LayoutChoice;
  /** With how many threads the next instance is opened. */
  #wanted: number;
  /** One change at a time. */
  #changing: Promise<void> = Promise.resolve();
  #isChanging = false;
  /** Of the instances apart. */
  #spare: SpareMemory | undefined;

  constructor(private readonly parts: ThreadShareParts) {
    this.#placement = parts.placement;
    this.#share = parts.placement.intraOpThreads;
    this.#wanted = this.#share;
    this.#choice = new LayoutChoice(parts.mayPart ? this.#share : 1, parts.isWorthParting);
  }

  /** How many instances run, with how many threads. */
  get placement(): Placement {
    return this.#placement;
  }

  /** Whether its instances are as many as were opened first. */
  get isTogether(): boolean {
    return this.#placement.instances === this.parts.placement.instances;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** Never fails: where one cannot be opened, those that are there keep the threads that they have. */
  use(threads: number): Promise<void> {
    if (!this.parts.changes) return this.#changing;
    if (threads !== this.#share) {
      this.#share = threads;
      this.#layout = "together";
      this.#choice = new LayoutChoice(this.parts.mayPart ? threads : 1, this.parts.isWorthParting);
    }
    return this.#change("share");
  }

  /** Lays the threads out otherwise where this run and those before it say so. */
  afterRun(run: EndedRun): void {
    if (this.#isChanging) return;
    const layout = this.#choice.after(run);
    if (layout === undefined) return;
    this.#layout = layout;
    void this.#change("load");
  }

  /** Once nothing runs any more. */
  async close(): Promise<void> {
    await this.#changing;
    this.#spare?.release();
    this.#spare = undefined;
  }

  #change(why: "share" | "load"): Promise<void> {
    this.#isChanging = true;
    const changing = this.#changing.then(() => this.#settle(why));
    this.#changing = changing;
    void changing.then(() => {
      if (this.#changing === changing) this.#isChanging = false;
    });
    return changing;
  }

  async #settle(why: "share" | "load"): Promise<void> {
    const { name: model, onMoved, observer, clock } = this.parts;
    const layout = this.#layout;
    const from = this.#placement;
    const to = this.#wantedPlacement();
    const { instances, intraOpThreads } = to;
    if (intraOpThreads === from.intraOpThreads && instances === from.instances) return;
    this.#wanted = intraOpThreads;
    try {
      await this.#move(from, to);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (instances !== from.instances) this.#wanted = from.intraOpThreads;
      if (why === "load") {
        this.#layout = layout === "apart" ? "together" : "apart";
        this.#choice.refused();
      }
      const kept = { instances: from.instances, intraOpThreads: from.intraOpThreads };
      observer({ kind: "threads-kept", model, why, ...kept, message });
      return;
    }
    this.#placement = to;
    this.#choice.changed(layout, clock.now());
    observer({ kind: "threads-changed", model, why, instances, intraOpThreads });
    if (why === "share") onMoved(to);
  }

  #wantedPlacement(): Placement {
    const { placement } = this.parts;
    if (this.#layout === "apart")
      return { ...placement, instances: placement.instances * this.#share, intraOpThreads: 1 };
    return { ...placement, intraOpThreads: this.#share };
  }

  async #move({ instances: before }: Placement, { instances }: Placement): Promise<void> {
    const { renew, replace, reserve = uncounted } = this.parts;
    if (instances === before) {
      const spare = await reserve(1);
      try {
        await renew();
      } finally {
        spare.release();
      }
      return;
    }
    // Those that come need no memory of their own where they come in place of more.
    const spare = instances > before ? await reserve(instances) : undefined;
    try {
      await replace(instances);
    } catch (error) {
      spare?.release();
      throw error;
    }
    this.#spare?.release();
    this.#spare = spare;
    spare?.offer({ lastUsedMs: Number.NEGATIVE_INFINITY, isIdle: true, evict: () => this.#giveBack() });
  }

  /** Others need the memory. */
  async #giveBack(): Promise<void> {
    this.#layout = "together";
    await this.#change("load");
    this.#choice.refused();
  }
}
