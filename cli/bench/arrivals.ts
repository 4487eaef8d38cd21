/** The schedule of an open loop, fixed before the first request is sent: when each one is due, whatever the server does. */

export type Arrivals = "constant" | "poisson";

/** Gives the next request's time with each call, in milliseconds from the start. `random` gives numbers from 0 up to 1. */
export function schedule(arrivals: Arrivals, ratePerS: number, random: () => number): () => number {
  const meanMs = 1000 / ratePerS;
  if (arrivals === "constant") {
    let index = 0;
    return () => index++ * meanMs;
  }
  // Gaps between independent callers are exponential.
  let due = 0;
  return () => {
    due -= Math.log(1 - random()) * meanMs;
    return due;
  };
}

/** Numbers from 0 up to 1, the same for the same seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
