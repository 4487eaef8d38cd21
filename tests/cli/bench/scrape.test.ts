import { gainOf, profileRows } from "../../../cli/bench/gain.js";
import { cpuSeconds, joinFigures, modelFigures, parseMetrics } from "../../../cli/bench/scrape.js";

const page = (runs: readonly [number, number], rows: number, cpu: number): string => `
# HELP ekiben_batch_rows Rows of a run.
# TYPE ekiben_batch_rows histogram
ekiben_batch_rows_bucket{le="1",model="m",version="1"} ${runs[0]}
ekiben_batch_rows_bucket{le="2",model="m",version="1"} ${runs[0] + runs[1]}
ekiben_batch_rows_bucket{le="+Inf",model="m",version="1"} ${runs[0] + runs[1]}
ekiben_batch_rows_sum{model="m",version="1"} ${rows}
ekiben_batch_rows_count{model="m",version="1"} ${runs[0] + runs[1]}
ekiben_batch_items_sum{model="m",version="1"} ${rows}
ekiben_queue_duration_seconds_sum{model="m",version="1"} ${rows / 100}
ekiben_queue_duration_seconds_count{model="m",version="1"} ${rows}
ekiben_model_run_duration_seconds_sum{model="m",version="1"} ${(runs[0] + runs[1]) / 1000}
ekiben_model_run_duration_seconds_count{model="m",version="1"} ${runs[0] + runs[1]}
process_cpu_seconds_total ${cpu}
`;

const before = parseMetrics(page([100, 50], 200, 1.5));
const after = parseMetrics(page([104, 58], 220, 2));

test("what a run added to the metrics is told by model", () => {
  const { m } = modelFigures(before, after);
  expect(m).toMatchObject({
    runs: 12,
    items: 20,
    rows: 20,
    batches: [
      { upTo: 1, runs: 4 },
      { upTo: 2, runs: 8 },
    ],
  });
  expect(m?.queueMs).toBeCloseTo(10, 6);
  expect(m?.runMs).toBeCloseTo(1, 6);
  expect([cpuSeconds(before), cpuSeconds(after)]).toEqual([1.5, 2]);
});

test("a model that did not run is not told, and versions are where there are several", () => {
  expect(modelFigures(after, after)).toEqual({});
  const two = `${page([1, 1], 3, 1)}${page([2, 2], 6, 1).replaceAll('version="1"', 'version="2"')}`;
  expect(Object.keys(modelFigures(new Map(), parseMetrics(two)))).toEqual(["m@1", "m@2"]);
});

test("rounds are joined as if they were one run", () => {
  const figures = modelFigures(before, after);
  expect(joinFigures([figures, figures])).toMatchObject({
    m: {
      runs: 24,
      rows: 40,
      batches: [
        { upTo: 1, runs: 8 },
        { upTo: 2, runs: 16 },
      ],
    },
  });
});

test("the gain of a batch is its rows at the price of a single run, by what was measured", () => {
  const measured = [
    { work: 4, ms: 1 },
    { work: 8, ms: 1 },
    { work: 16, ms: 2 },
  ];
  expect(profileRows(measured)).toEqual([
    { rows: 1, ms: 1, gain: 1 },
    { rows: 2, ms: 1, gain: 2 },
    { rows: 4, ms: 2, gain: 2 },
  ]);
  const figures = { runs: 10, items: 20, rows: 20, batches: [], queueMs: 0, runMs: 1 };
  expect(gainOf(figures, measured)).toBe(2);
  expect(gainOf(figures, [])).toBeUndefined();
});
