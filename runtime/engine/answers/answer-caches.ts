/** The caches of a process, by model and endpoint: leased to engines, so that a reload keeps what is still right. */
import { invariant } from "../../errors.js";
import type { PlanCache } from "../../plan/plan.js";
import { compact, compactTensor } from "../../values/footprint.js";
import type { ValueRecord } from "../../values/value.js";
import type { Clock } from "../clock.js";
import type { Feeds } from "../group/check-feeds.js";
import { Leases, type SharedLease } from "../leases.js";
import { mapValues } from "../map-values.js";
import type { CacheOwner, Observer } from "../observer.js";
import { AnswerCache } from "./answer-cache.js";
import type { CacheLimits } from "./kept-answers.js";

export class AnswerCaches {
  readonly #models: Leases<AnswerCache<Feeds>, CacheLimits>;
  readonly #endpoints: Leases<AnswerCache<ValueRecord>, CacheLimits>;

  constructor(clock: Clock, observer: Observer) {
    const partsOf = (kind: CacheOwner["kind"], name: string, limits: CacheLimits) => ({
      owner: { kind, name },
      limits,
      clock,
      observer,
    });
    this.#models = new Leases(
      (name, limits) =>
        new AnswerCache({ ...partsOf("model", name, limits), compact: (feeds) => mapValues(feeds, compactTensor) }),
    );
    this.#endpoints = new Leases((name, limits) => new AnswerCache({ ...partsOf("endpoint", name, limits), compact }));
  }

  /** One for all versions of a model: its keys say which answered. */
  ofModel(model: string, settings: PlanCache): SharedLease<AnswerCache<Feeds>> {
    return this.#models.lease(model, limitsOf(settings));
  }

  ofEndpoint(endpoint: string, settings: PlanCache): SharedLease<AnswerCache<ValueRecord>> {
    return this.#endpoints.lease(endpoint, limitsOf(settings));
  }
}

function limitsOf({ maxBytes, ttlS }: PlanCache): CacheLimits {
  invariant(typeof maxBytes === "number" && typeof ttlS === "number", "a cache's settings are resolved");
  return { maxBytes, ttlMs: ttlS * 1000 };
}
