/** What `x-ekiben-explain` tells, over real models. */
import { ServerTiming } from "../../../runtime/server/server-timing.js";
import type { Service } from "../../../runtime/server/service.js";
import { call } from "../../support/http.js";
import { iris } from "../../support/kitchen.js";
import { serveSpec } from "../../support/service.js";

const spec = `
service: timed
models:
  alone: iris.onnx
  shared: { source: iris.onnx, batching: { max_batch_size: 8, max_queue_delay_ms: 5 } }
graphs:
  score:
    inputs: { row: { type: "float32[4]" } }
    steps: [{ id: scores, use: shared, with: { float_input: $row } }]
    outputs: { label: $scores.label }
  all:
    inputs: { rows: { type: "list<float32[4]>" }, matrix: { type: "float32[n, 4]" } }
    steps:
      - { id: each_one, use: shared, each: $rows, with: { float_input: $item } }
      - { id: nested, use: score, each: $rows, with: { row: $item } }
      - { id: whole, use: alone, with: { float_input: $matrix } }
      - { id: split, use: shared, with: { float_input: $matrix } }
    outputs: { a: "$each_one[].label", b: "$nested[].label", c: $whole.label, d: $split.label }
endpoints:
  - { path: /all, graph: all }
observability: { explain: true }
`;
const row = [5.1, 3.5, 1.4, 0.2];

let service: Service;
beforeAll(async () => {
  service = await serveSpec(spec, { "iris.onnx": iris });
});
afterAll(() => service.close());

test("it tells the time of each step, queue and batch", async () => {
  const body = { rows: [row, row, row], matrix: Array(20).fill(row) };
  const headers = { "x-ekiben-explain": "1" };
  const answer = await call(`${service.url}/all`, { body, headers });
  const entries = String(answer.headers["server-timing"]).split(", ");
  for (const entry of entries) expect(entry).toMatch(/^[a-z_.]+;dur=\d+\.\d\d(;desc="[a-z0-9 ]+")?$/);
  expect(entries.map((entry) => entry.split(";")[0]).sort()).toEqual(
    ["total", "each_one", "nested", "whole", "split"]
      .concat(["each_one", "nested.scores", "whole", "split"].flatMap((id) => [`${id}.queue`, `${id}.batch`]))
      .sort(),
  );
  const rowsOf = (id: string) => entries.find((entry) => entry.startsWith(`${id}.batch;`))?.split("desc=")[1];
  expect(rowsOf("whole")).toBe('"20 rows"');
  // Its last rows share a run with others, or its first do.
  expect(rowsOf("split")).toMatch(/^"[34] runs of up to 8 rows"$/);
  // The three items of "each_one" and those of "nested" wait for one another, or for the rest of "split".
  for (const id of ["each_one", "nested.scores"])
    expect(rowsOf(id)).toMatch(/^"([3-8] rows|\d runs of up to [3-8] rows)"$/);
});

test("nothing is told to those who do not ask", async () => {
  const answer = await call(`${service.url}/all`, { body: { rows: [row], matrix: [row] } });
  expect(answer.status).toBe(200);
  expect(answer.headers["server-timing"]).toBeUndefined();
});

test("of thousands of steps it tells of those that fit", () => {
  const timing = new ServerTiming();
  for (let index = 0; index < 5000; index++) timing.onNode(`step_${index}`, 0, 1);
  const text = timing.print(7);
  expect(text.startsWith("total;dur=7.00, step_0;dur=1.00, ")).toBe(true);
  expect(text.length).toBeLessThanOrEqual(4096);
});
