/** The threads of a group's instances, where they share the cores with others: when their share changes they are opened anew. */
import type { Observer } from "../observer.js";
import type { Placement } from "./model-group.js";

export interface ThreadShareParts {
  readonly name: string;
  readonly placement: Placement;
  /** Whether there is a share that changes: not where the model says how many threads it wants, or does not run on the cores. */
  readonly changes: boolean;
  /** Opens all instances anew, with what is `wanted`. */
  readonly renew: () => Promise<void>;
  readonly onMoved: (placement: Placement) => void;
  readonly observer: Observer;
}

export class ThreadShare {
  #placement: Placement;
  #wanted: number;
  /** One change at a time. */
  #changing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ThreadShareParts) {
    this.#placement = parts.placement;
    this.#wanted = parts.placement.intraOpThreads;
  }

  /** With how many threads the instances run. */
  get placement(): Placement {
    return this.#placement;
  }

  /** With how many the next instance is opened. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Never fails: where one cannot be opened, those that are there keep the threads that they have. */
  use(threads: number): Promise<void> {
    if (!this.parts.changes) return this.#changing;
    this.#wanted = threads;
    this.#changing = this.#changing.then(() => this.#change());
    return this.#changing;
  }

  async #change(): Promise<void> {
    const { name: model, renew, onMoved, observer } = this.parts;
    const { intraOpThreads } = this.#placement;
    const threads = this.#wanted;
    if (threads === intraOpThreads) return;
    try {
      await renew();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      observer({ kind: "threads-kept", model, intraOpThreads, message });
      return;
    }
    this.#placement = { ...this.#placement, intraOpThreads: threads };
    observer({ kind: "threads-changed", model, intraOpThreads: threads });
    onMoved(this.#placement);
  }
}
