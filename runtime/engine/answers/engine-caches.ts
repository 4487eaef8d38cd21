/** The caches that a Plan wants, leased for the engine that serves it. */
import type { Plan, PlanEndpoint } from "../../plan/plan.js";
import type { ValueRecord } from "../../values/value.js";
import type { Feeds } from "../group/check-feeds.js";
import type { AnswerCache } from "./answer-cache.js";
import type { AnswerCaches } from "./answer-caches.js";

export interface EngineCaches {
  readonly models: ReadonlyMap<string, AnswerCache<Feeds>>;
  /** By the endpoint's name. */
  readonly endpoints: ReadonlyMap<string, AnswerCache<ValueRecord>>;
  release(): void;
}

/** By what an endpoint's cache is known, in metrics too. */
export function endpointName({ method, path }: Pick<PlanEndpoint, "method" | "path">): string {
  return `${method} ${path}`;
}

export function leaseCaches({ models, endpoints }: Plan, caches: AnswerCaches): EngineCaches {
  const ofModels = Object.entries(models).flatMap(([name, { cache }]) =>
    cache === undefined ? [] : [[name, caches.ofModel(name, cache)] as const],
  );
  const ofEndpoints = endpoints.flatMap((endpoint) => {
    const name = endpointName(endpoint);
    return endpoint.cache === undefined ? [] : [[name, caches.ofEndpoint(name, endpoint.cache)] as const];
  });
  return {
    models: new Map(ofModels.map(([name, { shared }]) => [name, shared])),
    endpoints: new Map(ofEndpoints.map(([name, { shared }]) => [name, shared])),
    release: () => {
      for (const [, lease] of [...ofModels, ...ofEndpoints]) lease.release();
    },
  };
}
