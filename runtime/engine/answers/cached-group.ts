/** A version of a model whose answers are kept. */
import type { PlanModel, PlanVersion } from "../../plan/plan.js";
import { digestOfValues } from "../../values/digest.js";
import type { AnsweringGroup } from "../graph/model-node.js";
import type { Feeds } from "../group/check-feeds.js";
import type { AnswerCache, CacheUse } from "./answer-cache.js";

/** Asks the group for what is neither kept nor on its way. `scope` is what `scopeOfVersion` gives. */
export function cachedGroup(
  model: string,
  scope: string,
  group: AnsweringGroup,
  cache: AnswerCache<Feeds>,
): AnsweringGroup {
  return {
    outputRows: (name) => group.outputRows(name),
    submit: async (feeds, rows, options) => {
      const { signal, onCache } = options;
      const key = digestOfValues(scope, feeds);
      const onUse = (use: CacheUse): void => onCache?.({ kind: "model", name: model }, use);
      return cache.answer(key, { signal, onUse }, (wanted) =>
        group.submit(feeds, rows, { ...options, signal: wanted }),
      );
    },
  };
}

/**
 * What a version's answers depend on beside its inputs: its bytes and its session, by the digest; and what the environment
 * gave the session at this start, which the digest does not hold.
 */
export function scopeOfVersion({ session, devices, instances, isolation }: PlanModel, { digest }: PlanVersion): string {
  return digestOfValues(JSON.stringify([digest, session, devices, instances, isolation ?? null]), {});
}
