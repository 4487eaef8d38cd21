/** Answers that are kept: for a while, up to so many bytes, the least recently used first to go. */
import { KeptAnswers } from "../../../../runtime/engine/answers/kept-answers.js";
import { footprint } from "../../../../runtime/values/footprint.js";
import { seeded } from "../../../support/random.js";

const answer = (length: number) => ({ y: new Uint8Array(length) });
const cost = (length: number): number => {
  const kept = new KeptAnswers({ maxBytes: 1e9, ttlMs: 1 });
  kept.put("k", answer(length), 0);
  return kept.bytes;
};

test("an answer is kept until its time is up, however often it is asked for", () => {
  const kept = new KeptAnswers({ maxBytes: 1e6, ttlMs: 100 });
  const made = answer(1);
  kept.put("a", made, 1000);
  expect(kept.get("a", 1000)).toBe(made);
  expect(kept.get("a", 1099)).toBe(made);
  expect(kept.get("a", 1100)).toBeUndefined();
  expect({ bytes: kept.bytes, size: kept.size, evicted: kept.evicted }).toEqual({ bytes: 0, size: 0, evicted: 0 });
});

test("an answer is charged for its values and its place", () => {
  expect(cost(1000) - cost(0)).toBe(1000);
  expect(cost(0)).toBeGreaterThan(footprint(answer(0)));
});

test("the least recently used make room, and one that is too large is not kept", () => {
  const kept = new KeptAnswers({ maxBytes: 3 * cost(100), ttlMs: 1e6 });
  for (const key of ["a", "b", "c"]) kept.put(key, answer(100), 0);
  kept.get("a", 1);
  kept.put("d", answer(100), 2);
  expect(["a", "b", "c", "d"].map((key) => kept.get(key, 3) !== undefined)).toEqual([true, false, true, true]);
  expect(kept.evicted).toBe(1);
  kept.put("large", answer(3 * cost(100)), 4);
  expect(kept.get("large", 4)).toBeUndefined();
  expect(kept.size).toBe(3);
});

test("what replaces an answer is charged once", () => {
  const kept = new KeptAnswers({ maxBytes: 1e6, ttlMs: 1e6 });
  kept.put("a", answer(10), 0);
  kept.put("a", answer(20), 0);
  expect(kept.bytes).toBe(cost(20));
});

test("a lower limit counts at once", () => {
  const kept = new KeptAnswers({ maxBytes: 1e6, ttlMs: 1e6 });
  for (const key of ["a", "b", "c"]) kept.put(key, answer(100), 0);
  kept.limit({ maxBytes: cost(100), ttlMs: 50 });
  expect({ size: kept.size, bytes: kept.bytes, evicted: kept.evicted }).toEqual({
    size: 1,
    bytes: cost(100),
    evicted: 2,
  });
  expect(kept.get("c", 50)).toBeUndefined();
});

test("through many random questions the bound holds and no key has another's answer", () => {
  const random = seeded(7);
  const kept = new KeptAnswers<{ readonly key: string; readonly bytes: Uint8Array }>({ maxBytes: 20_000, ttlMs: 300 });
  let hits = 0;
  for (let now = 0; now < 20_000; now++) {
    const key = `k${random.integer(60)}`;
    const found = kept.get(key, now);
    if (found === undefined) kept.put(key, { key, bytes: new Uint8Array(random.integer(2000)) }, now);
    else hits++;
    expect(found?.key ?? key).toBe(key);
    expect(kept.bytes).toBeLessThanOrEqual(20_000);
  }
  expect(hits).toBeGreaterThan(1000);
  expect(kept.evicted).toBeGreaterThan(1000);
});
