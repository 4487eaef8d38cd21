/** The caches of a process, by model and endpoint: leased to engines, so that a reload keeps what is still right. */

import { invariant } from "../../errors.js";
import type { PlanCache } from "../../plan/plan.js";
import { compact, compactTensor } from "../../values/footprint.js";
import type { ValueRecord } from "../../values/value.js";
import type { Clock } from "../clock.js";
import type { Feeds } from "../group/check-feeds.js";
import { mapValues } from "../map-values.js";
import type { Observer } from "../observer.js";
import { AnswerCache } from "./answer-cache.js";
import type { CacheLimits } from "./kept-answers.js";

export interface CacheLease<T extends ValueRecord> {
  readonly cache: AnswerCache<T>;
  release(): void;
}

interface Entry<T extends ValueRecord> {
  readonly cache: AnswerCache<T>;
  /** Of the engines that have it, the newest last: its word counts. */
  readonly leases: CacheLimits[];
}

export class AnswerCaches {
  readonly #models = new Map<string, Entry<Feeds>>();
  readonly #endpoints = new Map<string, Entry<ValueRecord>>();

  constructor(
    private readonly clock: Clock,
    private readonly observer: Observer,
  ) {}

  /** One for all versions of a model: its keys say which answered. */
  ofModel(model: string, settings: PlanCache): CacheLease<Feeds> {
    const compactFeeds = (feeds: Feeds): Feeds => mapValues(feeds, compactTensor);
    return this.#lease(this.#models, { kind: "model", name: model }, settings, compactFeeds);
  }

  ofEndpoint(endpoint: string, settings: PlanCache): CacheLease<ValueRecord> {
    return this.#lease(this.#endpoints, { kind: "endpoint", name: endpoint }, settings, compact);
  }

  #lease<T extends ValueRecord>(
    entries: Map<string, Entry<T>>,
    owner: { readonly kind: "model" | "endpoint"; readonly name: string },
    settings: PlanCache,
    compactAnswer: (answer: T) => T,
  ): CacheLease<T> {
    const { clock, observer } = this;
    const limits = limitsOf(settings);
    let entry = entries.get(owner.name);
    if (entry === undefined) {
      entry = { cache: new AnswerCache({ owner, limits, compact: compactAnswer, clock, observer }), leases: [] };
      entries.set(owner.name, entry);
    }
    const { cache, leases } = entry;
    leases.push(limits);
    cache.limit(limits);
    return {
      cache,
      release: () => {
        leases.splice(leases.indexOf(limits), 1);
        const last = leases.at(-1);
        if (last !== undefined) cache.limit(last);
        else {
          entries.delete(owner.name);
          cache.close();
        }
      },
    };
  }
}

function limitsOf({ maxBytes, ttlS }: PlanCache): CacheLimits {
  invariant(typeof maxBytes === "number" && typeof ttlS === "number", "a cache's settings are resolved");
  return { maxBytes, ttlMs: ttlS * 1000 };
}
