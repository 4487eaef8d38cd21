/** The first of many in an order, without sorting all of them. */

/** Below this many, keeping the best so far in order is faster than sorting. */
const longestInsertion = 64;

/**
 * The first `count` of the positions 0 to `length - 1` in the order that `precedes` says (all of them when there are
 * fewer); of equals the lower position comes first.
 */
export function firstIndices(length: number, count: number, precedes: (a: number, b: number) => boolean): number[] {
  if (count > longestInsertion) {
    const all = Array.from({ length }, (_, i) => i);
    return all.sort((a, b) => (precedes(a, b) ? -1 : precedes(b, a) ? 1 : 0)).slice(0, count);
  }
  const best: number[] = [];
  for (let i = 0; i < length; i++) {
    const last = best.at(-1);
    if (best.length === count && last !== undefined && !precedes(i, last)) continue;
    if (best.length < count) best.push(i);
    let at = best.length - 1;
    for (; at > 0 && precedes(i, best[at - 1] ?? i); at--) best[at] = best[at - 1] ?? i;
    if (count > 0) best[at] = i;
  }
  return best;
}

/** The positions of the `count` greatest numbers (least, if `largest` is false), NaN after all numbers. */
export function topIndices(
  numbers: ArrayLike<number | bigint>,
  start: number,
  length: number,
  stride: number,
  count: number,
  largest = true,
): number[] {
  const at = (i: number) => numbers[start + i * stride] ?? 0;
  return firstIndices(length, count, (i, j) => {
    const [a, b] = [at(i), at(j)];
    if (Number.isNaN(b)) return !Number.isNaN(a);
    return largest ? a > b : a < b;
  });
}
