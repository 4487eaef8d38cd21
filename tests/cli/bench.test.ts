/** `ekiben bench` as a user runs it, short. */
import { type Command, ekiben, listening, startCommand } from "../support/command.js";
import { inRepository } from "../support/paths.js";
import { lookAt, serversOf } from "../support/process-list.js";
import { folderOf } from "../support/service.js";

const short = ["--requests", "40", "--warmup", "0"];

test("--json prints one document: statuses, latencies, parts, batches", async () => {
  const { status, stdout } = await ekiben(["bench", "examples/iris", ...short, "--concurrency", "1,4", "--json"]);
  expect(status).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    service: "iris",
    endpoint: "/classify",
    requests_in_turn: ["a setosa", "a virginica"],
  });
  expect(document.runs.map((run: { load: object }) => run.load)).toEqual([
    { kind: "closed", concurrency: 1 },
    { kind: "closed", concurrency: 4 },
  ]);
  for (const run of document.runs) {
    expect(run).toMatchObject({ requests: 40, succeeded: 40, failed: 0, statuses: { 200: 40 }, errors: {} });
    const { min, p50, p99, max } = run.latency_ms;
    expect([min, p50, p99, max]).toEqual([...[min, p50, p99, max]].sort((a, b) => a - b));
    expect(run.histogram.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(40);
    expect(run.parts.samples).toBe(3);
    expect(Object.keys(run.parts.entries_ms)).toEqual(
      expect.arrayContaining(["total", "scores.queue", "scores.batch"]),
    );
    expect(run.cpu_ms_per_request).toBeGreaterThan(0);
    const { runs, rows_per_run, profile, instances, threads, busy } = run.models.classifier;
    expect([instances, threads]).toEqual([1, 1]);
    expect(busy).toBeGreaterThan(0);
    expect(busy).toBeLessThanOrEqual(1);
    expect(Math.round(runs * rows_per_run)).toBe(40);
    expect(profile[0]).toMatchObject({ rows: 1, gain: 1 });
  }
});

test("for people there is a table, a histogram and where the time went; progress is on stderr", async () => {
  const { status, stdout, stderr } = await ekiben([
    "bench",
    "examples/iris",
    ...short,
    "--rate",
    "400",
    "--arrivals",
    "poisson",
  ]);
  expect(status).toBe(0);
  for (const part of [
    "p99.9",
    "open loop, 400/s poisson",
    "█",
    "where the time went",
    "sent late",
    "model classifier: ",
    "of the time, on 1 instance of 1 thread",
    "40 × 200",
  ])
    expect(stdout).toContain(part);
  expect(stderr).toContain("open loop, 400/s poisson …");
});

test("--compare tells the ratio of two specs, and whether they differ beyond the noise", async () => {
  const { status, stdout } = await ekiben([
    ...["bench", "examples/iris", "--compare", "examples/iris/bentofile.yaml", "--rounds", "2", "--json", ...short],
  ]);
  expect(status).toBe(0);
  const { runs, compared_runs, ratios } = JSON.parse(stdout);
  expect([runs[0].succeeded, compared_runs[0].succeeded]).toEqual([40, 40]);
  expect(ratios.map(({ of }: { of: string }) => of)).toEqual(["throughput", "p50", "p99", "CPU per request"]);
  for (const { by_round, interval_95, ratio } of ratios) {
    expect(by_round).toHaveLength(2);
    expect(interval_95[0]).toBeLessThanOrEqual(ratio);
  }
});

const refusing = `service: refusing
models: { net: model.onnx }
graphs:
  classify:
    inputs: { flower: { type: "float32[4]" } }
    steps: [{ id: found, use: net, with: { float_input: $flower } }]
    outputs: { species: $found.label }
endpoints:
  - path: /classify
    graph: classify
    max_concurrency: 1
    examples: [{ name: one, inputs: { flower: [5.0, 3.6, 1.4, 0.2] } }]
`;

test("failed answers are counted by status, and the exit status is 1 unless they are allowed", async () => {
  const folder = folderOf({
    "bentofile.yaml": refusing,
    "model.onnx": inRepository("examples", "iris", "models", "iris.onnx"),
  });
  const words = ["bench", folder, "--requests", "200", "--warmup", "0", "--concurrency", "32", "--json"];
  const failed = await ekiben(words);
  expect(failed.status).toBe(1);
  expect(JSON.parse(failed.stdout).runs[0].statuses).toMatchObject({
    200: expect.any(Number),
    429: expect.any(Number),
  });
  expect((await ekiben([...words, "--allow-failures"])).status).toBe(0);
});

test("a request that fails by itself is told before there is any load", async () => {
  const { status, stdout, stderr } = await ekiben(["bench", "examples/iris", ...short, "--input", "sepal_length=5"]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("/sepal_width: it is missing");
});

test("where only failures are answered there are no latencies", async () => {
  const words = ["bench", "examples/iris", ...short, "--input", "sepal_length=5", "--allow-failures"];
  const { status, stdout } = await ekiben(words);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^closed loop, 16 callers +0\.0( +–){7} +40$/m);
  expect(stdout).not.toContain("█");
  const document = JSON.parse((await ekiben([...words, "--json"])).stdout);
  expect(document.runs[0]).toMatchObject({ failed: 40, latency_ms: null, histogram: [] });
});

test("--url where nothing answers is told, with how to start the service", async () => {
  const { status, stdout, stderr } = await ekiben(["bench", "examples/iris", "--url", "http://127.0.0.1:2", ...short]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:2: connect ECONNREFUSED/);
  expect(stderr).toContain("`ekiben serve examples/iris`");
});

test("--url loads a server that runs already, which goes on running", async () => {
  const server = startCommand(["serve", "examples/iris", "--port", "0", "--host", "127.0.0.1"]);
  try {
    const url = await listening(server);
    const { status, stdout } = await ekiben(["bench", "examples/iris", "--url", url, "--json", ...short]);
    expect(status).toBe(0);
    // It was not started to explain itself.
    expect(JSON.parse(stdout)).toMatchObject({ url, runs: [{ succeeded: 40, parts: null }] });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  } finally {
    server.process.kill("SIGKILL");
    await server.ended;
  }
});

describe("what is cut short", () => {
  const running: Command[] = [];
  afterEach(async () => {
    for (const command of running.splice(0)) {
      command.process.kill("SIGKILL");
      await command.ended;
    }
  });

  /** A bench that would take an hour, once it counts answers, and the process of its server. */
  async function underLoad() {
    const command = startCommand(["bench", "examples/iris", "--duration", "3600", "--warmup", "0"]);
    running.push(command);
    await command.said(/\d answered/);
    const [server = 0] = serversOf(command.process.pid ?? 0);
    expect(lookAt(server)).toBeDefined();
    return { command, server };
  }

  test("a signal ends the load: what was measured is told, and the server is gone", async () => {
    const { command, server } = await underLoad();
    command.process.kill("SIGINT");
    expect(await command.ended).toBe(130);
    expect(command.stdout()).toContain("p99.9");
    expect(command.stdout()).not.toContain("ECONNRESET");
    expect(lookAt(server)).toBeUndefined();
  });

  test("a server that ends under the load is told, and nothing that was measured", async () => {
    const { command, server } = await underLoad();
    process.kill(server, "SIGKILL");
    expect(await command.ended).toBe(1);
    expect(command.stderr()).toContain("the service ended under the load");
    expect(command.stdout()).toBe("");
  });
});

test.each([
  [["--concurrency", "0"], '--concurrency takes no "0"'],
  [["--rate", "fast"], '--rate takes no "fast"'],
  [["--rate", "-5"], '--rate takes no "-5"'],
  [["-n", "-1"], '--requests takes no "-1"'],
  [["--warmup", "-.5"], '--warmup takes no "-.5"'],
  [["--rounds", "3"], "--rounds is of a comparison"],
  [["--rate", "5", "--concurrency", "5"], "a closed loop or an open one"],
  [["--arrivals", "poisson"], "--arrivals is of an open loop"],
  [["--url", "localhost:3000"], "is no address of a server"],
  [["--duration", ""], '--duration takes no ""'],
  [["--compare", "x.yaml", "--concurrency", "1,2"], "under one load"],
])("%j is a mistake of the command line", async (words, message) => {
  const { status, stderr } = await ekiben(["bench", "examples/iris", ...words]);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
