/** Which answers are kept, as the Plan has it. */
import type { PlanCache, Setting } from "../../runtime/plan/plan.js";
import { parseSize } from "../../runtime/plan/size.js";
import type { Model } from "../spec/types.js";

/** A model's and an endpoint's are declared alike. */
export function planCache(cache: Model["cache"]): { readonly cache?: PlanCache } {
  return cache === undefined ? {} : { cache: { maxBytes: bytesOf(cache.max_bytes), ttlS: cache.ttl_s } };
}

/** A reference to the environment stays one. */
export function bytesOf(size: Setting<string | number>): Setting<number> {
  return typeof size === "object" ? size : (parseSize(size) ?? 0);
}
