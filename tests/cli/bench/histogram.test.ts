import { edgesOf } from "../../../cli/bench/draw.js";
import { LatencyHistogram } from "../../../cli/bench/histogram.js";
import { seeded } from "../../support/random.js";

/** The definition of a nearest-rank percentile, by counting: the least value that so many per cent do not exceed. */
function byCounting(values: readonly number[], percent: number): number {
  const fits = values.filter(
    (value) => 100 * values.filter((other) => other <= value).length >= percent * values.length,
  );
  return Math.min(...fits);
}

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

const percents = [0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 100];

test("percentiles are those of the definition, at most 1 in 128 above them", () => {
  const random = seeded(7);
  for (const count of [1, 2, 3, 10, 99, 100, 101, 1000]) {
    // From a microsecond to half an hour.
    const values = Array.from({ length: count }, () => Math.ceil(10 ** (random.next() * 9.2)) / 1000);
    const histogram = histogramOf(values);
    for (const percent of percents) {
      const exact = byCounting(values, percent);
      const found = histogram.percentile(percent);
      expect(found).toBeGreaterThanOrEqual(exact - 1e-9);
      expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 128));
    }
  }
});

test("up to a quarter of a millisecond they are exact to the microsecond", () => {
  const histogram = histogramOf(Array.from({ length: 200 }, (_, index) => (index + 1) / 1000));
  expect(percents.map((percent) => histogram.percentile(percent))).toEqual([
    0.001, 0.002, 0.02, 0.05, 0.1, 0.15, 0.18, 0.19, 0.198, 0.2, 0.2,
  ]);
});

test("a share that is whole is not rounded up", () => {
  const histogram = histogramOf(Array.from({ length: 1000 }, (_, index) => (index + 1) / 10_000));
  expect(histogram.percentile(99.9)).toBeCloseTo(0.1, 9);
});

test("the least, the greatest and the mean are exact, and nothing is 0", () => {
  const histogram = histogramOf([12.345, 1000.001, 3.5]);
  expect([histogram.minMs, histogram.maxMs, histogram.count]).toEqual([3.5, 1000.001, 3]);
  expect(histogram.meanMs).toBeCloseTo((12.345 + 1000.001 + 3.5) / 3, 9);
  const empty = new LatencyHistogram();
  expect([empty.percentile(50), empty.minMs, empty.maxMs, empty.meanMs]).toEqual([0, 0, 0, 0]);
});

test("two added are as one that counted all", () => {
  const random = seeded(8);
  const values = Array.from({ length: 500 }, () => random.next() * 100);
  const added = histogramOf(values.slice(0, 123));
  added.add(histogramOf(values.slice(123)));
  const all = histogramOf(values);
  const figures = (of: LatencyHistogram) => [
    ...percents.map((percent) => of.percentile(percent)),
    of.minMs,
    of.maxMs,
    of.meanMs,
  ];
  expect(figures(added)).toEqual(figures(all));
});

test.each([[[0]], [[0.0004, 3]], [[1]], [[0.2, 0.7, 1.1, 80]], [[0.001, 4_000_000]]])(
  "the ranges that are drawn hold every latency of %j, in few rows",
  (values) => {
    const histogram = histogramOf(values);
    const edges = edgesOf(histogram);
    const counts = histogram.between(edges);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    expect(counts.length).toBeLessThanOrEqual(17);
  },
);
