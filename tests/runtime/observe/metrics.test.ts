import { createMetrics } from "../../../runtime/observe/metrics.js";

test("a shadow whose answer has another shape is counted as far apart, and the page stays whole", async () => {
  const { listener, print } = createMetrics([0.1]);
  const of = { model: "net", version: "2" } as const;
  listener({ kind: "shadow-done", ...of, result: "differed", durationMs: 5, difference: Number.POSITIVE_INFINITY });
  const page = await print();
  expect(page).toContain('ekiben_shadow_difference_bucket{le="10",model="net",version="2"} 0');
  expect(page).toContain('ekiben_shadow_difference_bucket{le="+Inf",model="net",version="2"} 1');
  expect(page).toContain('ekiben_shadow_difference_sum{model="net",version="2"} +Inf');
});

test("requests are counted by route, method and status, and their time by route", async () => {
  const { listener, print } = createMetrics([0.1]);
  const done = { kind: "request-done", id: "1", route: "/p", generation: 1, code: undefined } as const;
  for (const [method, status, durationMs] of [
    ["POST", 200, 50],
    ["POST", 200, 150],
    ["POST", 400, 1],
    ["GET", 405, 1],
  ] as const) {
    listener({ kind: "request-begun" });
    listener({ ...done, method, status, durationMs });
  }
  for (const page of [await print(), await print()]) {
    expect(page).toContain('ekiben_requests_total{route="/p",method="POST",status="200"} 2');
    expect(page).toContain('ekiben_requests_total{route="/p",method="POST",status="400"} 1');
    expect(page).toContain('ekiben_requests_total{route="/p",method="GET",status="405"} 1');
    expect(page).toContain('ekiben_request_duration_seconds_bucket{le="0.1",route="/p"} 3');
    expect(page).toContain('ekiben_request_duration_seconds_count{route="/p"} 4');
  }
});
