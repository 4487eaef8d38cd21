/** Did you mean: the nearest of the names that are there. */

const mostCandidates = 1_000;

/** The names that are the fewest edits away, within two fifths of the word's length; at most three. */
export function nearest(name: string, candidates: Iterable<string>): readonly string[] {
  if (name.length > 100) return [];
  const threshold = Math.floor(name.length * 0.4) + 1;
  const found: { candidate: string; distance: number }[] = [];
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > mostCandidates) break;
    const distance = distanceOf(name.toLowerCase(), candidate.toLowerCase(), threshold);
    if (distance <= threshold) found.push({ candidate, distance });
  }
  found.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return found
    .filter(({ distance }) => distance === found[0]?.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** A word that goes on where the other ends is near, however much longer it is. */
function distanceOf(name: string, candidate: string, threshold: number): number {
  const isBeginning = name.length >= 4 && candidate.startsWith(name);
  return isBeginning
    ? Math.min(threshold, editDistance(name, candidate, threshold))
    : editDistance(name, candidate, threshold);
}

/** `did you mean "x"?`, or what there is, or the fallback. */
export function didYouMean(name: string, candidates: Iterable<string>, fallback = "there are none"): string {
  const all = [...candidates];
  const near = nearest(name, all);
  if (near.length > 0) return `did you mean ${listOr(near.map(quote))}?`;
  if (all.length === 0) return fallback;
  const shown = all.slice(0, 12).map(quote).join(", ");
  return all.length > 12
    ? `there are ${shown} and ${all.length - 12} more`
    : `there ${all.length === 1 ? "is" : "are"} ${shown}`;
}

export function quote(name: string): string {
  return JSON.stringify(name);
}

/** `a`, `a or b`, `a, b or c`. */
export function listOr(items: readonly string[], word = "or"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

/** Insertions, deletions, changes and swaps of neighbours (optimal string alignment); anything beyond `limit` counts as limit + 1. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
      least = Math.min(least, best);
    }
    if (least > limit + 1) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
