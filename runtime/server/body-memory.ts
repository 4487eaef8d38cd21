/**
 * The memory that the bodies of all requests under way take together. Callers choose how many they are and how much each sends,
 * so the sum is bounded; a request that is alone is bounded by the largest body only.
 */
import { memoryOfThisPlace } from "../engine/memory/memory-of-this-place.js";
import { EkibenError } from "../errors.js";

const shareOfMemory = 0.25;
const retryAfterS = 1;

export class BodyMemory {
  #taken = 0;

  constructor(private readonly limitBytes = memoryOfThisPlace() * shareOfMemory) {}

  get taken(): number {
    return this.#taken;
  }

  /** For one request, which must `release` it. */
  claim(): BodyClaim {
    return new BodyClaim(this);
  }

  /** `own` is what the request has already. Throws `queue-full`. */
  take(bytes: number, own: number): void {
    const others = this.#taken - own;
    if (others > 0 && this.#taken + bytes > this.limitBytes)
      throw new EkibenError(
        "queue-full",
        "The bodies of the requests that are being answered take all the memory that there is for bodies.",
        { retryAfterS },
      );
    this.#taken += bytes;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** What one request's body takes of it. */
export class BodyClaim {
  #bytes = 0;

  constructor(private readonly memory: BodyMemory) {}

  /** So many bytes more. Throws `queue-full`. */
  take(bytes: number): void {
    this.memory.take(bytes, this.#bytes);
    this.#bytes += bytes;
  }

  release(): void {
    this.memory.give(this.#bytes);
    this.#bytes = 0;
  }
}
