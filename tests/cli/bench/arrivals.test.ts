import { schedule, seededRandom } from "../../../cli/bench/arrivals.js";

function first(count: number, next: () => number): readonly number[] {
  return Array.from({ length: count }, next);
}

test("constant arrivals are one gap apart, without a sum of errors", () => {
  const due = first(
    30_001,
    schedule("constant", 300, () => 0),
  );
  expect(due.slice(0, 3)).toEqual([0, 1000 / 300, 2000 / 300]);
  expect(due.at(-1)).toBeCloseTo(100_000, 6);
});

test("Poisson arrivals are the same for the same seed", () => {
  const of = (seed: number) => first(100, schedule("poisson", 50, seededRandom(seed)));
  expect(of(3)).toEqual(of(3));
  expect(of(3)).not.toEqual(of(4));
});

test("their gaps are exponential: the mean is the rate's, and so many exceed one, two, three means", () => {
  const count = 100_000;
  const due = first(count, schedule("poisson", 200, seededRandom(1)));
  const gaps = due.map((at, index) => at - (due[index - 1] ?? 0));
  const within = (share: number, expected: number) =>
    expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / count));
  expect(Math.abs((due.at(-1) ?? 0) / count / 5 - 1)).toBeLessThan(5 / Math.sqrt(count));
  for (const means of [1, 2, 3]) within(gaps.filter((gap) => gap > 5 * means).length / count, Math.exp(-means));
});
