/**
 * `x-ekiben-cache` of an answer: `hit` or `miss` where the endpoint's answers are kept, and `reader=hit` for a model whose
 * answers are. An answer of several questions to a model is a hit when none of them had to be run for it.
 */
import type { OnCache } from "../engine/answers/answer-cache.js";

export class CacheHeader {
  readonly #isHit = new Map<string, boolean>();

  readonly onCache: OnCache = ({ kind, name }, use) => {
    const prefix = kind === "endpoint" ? "" : `${name}=`;
    this.#isHit.set(prefix, use !== "miss" && this.#isHit.get(prefix) !== false);
  };

  /** Undefined where no cache was asked. */
  print(): string | undefined {
    if (this.#isHit.size === 0) return undefined;
    return [...this.#isHit].map(([prefix, isHit]) => `${prefix}${isHit ? "hit" : "miss"}`).join(", ");
  }
}
