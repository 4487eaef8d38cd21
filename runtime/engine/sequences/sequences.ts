/** The sequences of a process, by model: leased to engines, so that a reload keeps those whose model it keeps. */
import { invariant } from "../../errors.js";
import type { Plan, PlanModel, PlanSequence } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import { Leases } from "../leases.js";
import type { Observer } from "../observer.js";
import { type SequenceLimits, SequenceStore } from "./sequence-store.js";

export interface EngineSequences {
  readonly models: ReadonlyMap<string, SequenceStore>;
  release(): void;
}

export class Sequences {
  readonly #stores: Leases<SequenceStore, SequenceLimits>;

  constructor(clock: Clock, observer: Observer) {
    this.#stores = new Leases((model, limits) => new SequenceStore({ model, limits, clock, observer }));
  }

  /** Those that a Plan's models keep. */
  lease({ models }: Plan): EngineSequences {
    const leases = Object.entries(models).flatMap(([name, model]) =>
      model.sequence === undefined ? [] : [[name, this.#stores.lease(name, limitsOf(model, model.sequence))] as const],
    );
    return {
      models: new Map(leases.map(([name, { shared }]) => [name, shared])),
      release: () => {
        for (const [, lease] of leases) lease.release();
      },
    };
  }
}

function limitsOf({ queue }: PlanModel, { idleTimeoutS, maxSequences, maxBytes }: PlanSequence): SequenceLimits {
  invariant(
    typeof idleTimeoutS === "number" && typeof maxSequences === "number" && typeof maxBytes === "number",
    "a sequence's settings are resolved",
  );
  return { idleTimeoutMs: idleTimeoutS * 1000, maxSequences, maxBytes, maxWaiting: queue.maxSize };
}
