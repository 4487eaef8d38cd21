/** Kept answers over real sockets: who gets one, what it says of itself, and what makes it go. */
import { writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import type { Service } from "../../../runtime/server/service.js";
import { type Answer, call } from "../../support/http.js";
import { seeded } from "../../support/random.js";
import { deployableOf, folderOf, serveFolder } from "../../support/service.js";
import { lookup, scaled } from "../../support/version-models.js";

const spec = (model: string, endpoint = "", more = "") => `
service: kept
models: { scale: { source: scale.onnx, ${model} }, look: { source: lookup.onnx, ${model} } }
graphs:
  ask:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: scaled, use: scale, with: { x: $x } }]
    outputs: { y: $scaled.y }
  find:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: found, use: look, with: { x: $x } }]
    outputs: { y: $found.y }
  many:
    inputs: { xs: { type: "list<float32[2]>" } }
    steps: [{ id: each, use: scale, each: $xs, with: { x: $item } }]
    outputs: { ys: "$each[].y" }
endpoints: [{ path: /ask, graph: ask, ${endpoint} }, { path: /find, graph: find, ${endpoint} }, { path: /many, graph: many }]
observability: { explain: true }
${more}
`;

const running: Service[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
afterAll(() => agent.destroy());
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

async function serve(text: string) {
  const files = { "scale.onnx": scaled(2), "lookup.onnx": lookup, "bentofile.yaml": text };
  const folder = folderOf(files);
  const service = await serveFolder(folder);
  running.push(service);
  const ask = (x: readonly number[], headers = {}, path = "/ask"): Promise<Answer> =>
    call(`${service.url}${path}`, { body: { x }, headers, agent });
  const metric = async (line: string): Promise<number> => {
    const { text: page } = await call(`${service.url}/metrics`);
    const found = page.split("\n").find((each) => each.startsWith(`ekiben_${line} `));
    return Number(found?.split(" ").at(-1));
  };
  const edit = async (changed: string, factor = 2) => {
    writeFileSync(join(folder, "bentofile.yaml"), changed);
    writeFileSync(join(folder, "scale.onnx"), scaled(factor));
    await service.host.deploy(await deployableOf(folder));
  };
  return { service, ask, metric, edit };
}

const used = ({ headers, json }: Answer) => [headers["x-ekiben-cache"], (json as { y: unknown }).y];

test("without a cache no answer is kept and none says so", async () => {
  const { ask, metric } = await serve(spec(""));
  for (let time = 0; time < 2; time++) expect((await ask([1, 2])).headers["x-ekiben-cache"]).toBeUndefined();
  expect(await metric('queue_duration_seconds_count{model="scale",version="1"}')).toBe(2);
});

test("a model's answer is kept, says so, and is counted", async () => {
  const { ask, metric } = await serve(spec("cache: {}"));
  expect(used(await ask([1, 2]))).toEqual(["scale=miss", [2, 4]]);
  expect(used(await ask([1, 2]))).toEqual(["scale=hit", [2, 4]]);
  expect(used(await ask([2, 1]))).toEqual(["scale=miss", [4, 2]]);
  expect(used(await ask([-0, 0]))).toEqual(["scale=miss", [0, 0]]);
  const explained = await ask([1, 2], { "x-ekiben-explain": "1" });
  expect(explained.headers["server-timing"]).toContain('scale.cache;desc="hit"');
  expect(await metric('queue_duration_seconds_count{model="scale",version="1"}')).toBe(3);
  const owner = 'kind="model",name="scale"';
  expect(await metric(`cache_requests_total{${owner},result="hit"}`)).toBe(2);
  expect(await metric(`cache_requests_total{${owner},result="miss"}`)).toBe(3);
  expect(await metric(`cache_answers{${owner}}`)).toBe(3);
  expect(await metric(`cache_bytes{${owner}}`)).toBeGreaterThan(3 * 8);
});

test("an answer of many items is a hit when all of them are", async () => {
  const { ask, service } = await serve(spec("cache: {}"));
  const many = (xs: readonly (readonly number[])[]) => call(`${service.url}/many`, { body: { xs }, agent });
  await ask([1, 1]);
  expect(
    (
      await many([
        [1, 1],
        [2, 2],
      ])
    ).headers["x-ekiben-cache"],
  ).toBe("scale=miss");
  const again = await many([
    [2, 2],
    [1, 1],
    [2, 2],
  ]);
  expect(again.headers["x-ekiben-cache"]).toBe("scale=hit");
  expect(again.json).toEqual({
    ys: [
      [4, 4],
      [2, 2],
      [4, 4],
    ],
  });
});

test("an endpoint's answer is kept, in whatever form it is wanted", async () => {
  const { ask, metric } = await serve(spec("", "cache: { ttl_s: 60 }"));
  expect(used(await ask([1, 2]))).toEqual(["miss", [2, 4]]);
  expect(used(await ask([1, 2]))).toEqual(["hit", [2, 4]]);
  const npy = await ask([1, 2], { accept: "application/x-npy" });
  expect([npy.status, npy.headers["x-ekiben-cache"]]).toEqual([200, "hit"]);
  expect([
    ...new Float32Array(
      npy.bytes.buffer.slice(npy.bytes.byteOffset + npy.bytes.length - 8, npy.bytes.byteOffset + npy.bytes.length),
    ),
  ]).toEqual([2, 4]);
  const explained = await ask([1, 2], { "x-ekiben-explain": "1" });
  expect(explained.headers["server-timing"]).toMatch(/(^|, )cache;desc="hit"/);
  expect(await metric('queue_duration_seconds_count{model="scale",version="1"}')).toBe(1);
  expect(await metric('cache_requests_total{kind="endpoint",name="POST /ask",result="hit"}')).toBe(3);
});

describe("a question that is asked by several at the same time", () => {
  // Runs begin 300 ms after they are asked for: time enough for the first caller to go.
  const slow = spec("batching: { max_batch_size: 8, max_queue_delay_ms: 300 }, cache: {}");
  const asked = (metric: (line: string) => Promise<number>, result: string) =>
    metric(`cache_requests_total{kind="model",name="scale",result="${result}"}`);

  test("is run once, for all", async () => {
    const { ask, metric } = await serve(slow);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask([3, 4])));
    for (const { json } of answers) expect(json).toEqual({ y: [6, 8] });
    expect(await metric('batch_items_count{model="scale",version="1"}')).toBe(1);
    expect([await asked(metric, "miss"), await asked(metric, "shared")]).toEqual([1, 19]);
  });

  test("is answered to the others when the first caller hangs up", async () => {
    const { ask, metric, service } = await serve(slow);
    const hangUp = new AbortController();
    const first = fetch(`${service.url}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ x: [3, 4] }),
      signal: hangUp.signal,
    }).then(
      () => "answered",
      () => "gone",
    );
    while ((await asked(metric, "miss")) !== 1) await new Promise((resolve) => setImmediate(resolve));
    const others = [ask([3, 4]), ask([3, 4])];
    while ((await asked(metric, "shared")) !== 2) await new Promise((resolve) => setImmediate(resolve));
    hangUp.abort();
    expect(await first).toBe("gone");
    for (const other of others) expect((await other).json).toEqual({ y: [6, 8] });
    expect(await metric('batch_items_count{model="scale",version="1"}')).toBe(1);
  });

  test("is answered to the others when the first caller's time is up", async () => {
    const { ask } = await serve(slow);
    const first = ask([3, 4], { "x-ekiben-deadline-ms": "20" });
    const others = [ask([3, 4]), ask([3, 4])];
    expect((await first).status).toBe(504);
    for (const other of others) expect((await other).json).toEqual({ y: [6, 8] });
  });
});

test("a failure is not kept, by the model or by the endpoint", async () => {
  const { ask, metric } = await serve(spec("cache: {}", "cache: {}"));
  for (let time = 0; time < 3; time++) expect((await ask([99, 0], {}, "/find")).status).toBe(500);
  expect(await metric('model_failures_total{model="look",version="1"}')).toBe(3);
});

test("many callers with questions of their own, again and again, get their own answers", async () => {
  const { ask, metric } = await serve(spec("batching: { max_batch_size: 8 }, cache: { max_bytes: 16kb }"));
  const random = seeded(5);
  const questions = Array.from({ length: 1_500 }, () => [random.integer(12), random.integer(12)]);
  const wrong: unknown[] = [];
  for (let from = 0; from < questions.length; from += 150)
    await Promise.all(
      questions.slice(from, from + 150).map(async ([a = 0, b = 0]) => {
        const { status, json } = await ask([a, b]);
        const { y } = json as { y: readonly number[] };
        if (status !== 200 || y[0] !== 2 * a || y[1] !== 2 * b) wrong.push([a, b, json]);
      }),
    );
  expect(wrong).toEqual([]);
  const owner = 'kind="model",name="scale"';
  const counts = await Promise.all(
    ["hit", "shared", "miss"].map((result) => metric(`cache_requests_total{${owner},result="${result}"}`)),
  );
  expect(counts.reduce((sum, count) => sum + (count || 0), 0)).toBe(1_500);
  expect(counts[0]).toBeGreaterThan(100);
  expect(await metric(`cache_evictions_total{${owner}}`)).toBeGreaterThan(0);
  expect(await metric(`cache_bytes{${owner}}`)).toBeLessThanOrEqual(16_000);
});

test("a reload that changes the model answers anew, and one that does not keeps what there is", async () => {
  const kept = spec("cache: {}", "cache: {}");
  const { ask, edit } = await serve(kept);
  expect(used(await ask([1, 2]))).toEqual(["miss, scale=miss", [2, 4]]);
  await edit(`${kept}\ndescription: changed`);
  expect(used(await ask([1, 2]))).toEqual(["hit", [2, 4]]);
  await edit(kept.replace("outputs: { y: $scaled.y }", "outputs: { y: $scaled.y, x: $x }"));
  expect(used(await ask([1, 2]))).toEqual(["miss, scale=hit", [2, 4]]);
  await edit(kept, 3);
  expect(used(await ask([1, 2]))).toEqual(["miss, scale=miss", [3, 6]]);
  await edit(kept, 2);
  expect(used(await ask([1, 2]))).toEqual(["hit", [2, 4]]);
});

test("a cache that is taken away takes its answers and its series with it", async () => {
  const { ask, edit, service } = await serve(spec("cache: {}"));
  await ask([1, 2]);
  await edit(spec(""));
  expect((await ask([1, 2])).headers["x-ekiben-cache"]).toBeUndefined();
  expect((await call(`${service.url}/metrics`)).text).not.toContain('name="scale"');
  await edit(spec("cache: {}"));
  expect(used(await ask([1, 2]))).toEqual(["scale=miss", [2, 4]]);
});

test("the document tells of the header", async () => {
  const { service } = await serve(spec("cache: {}"));
  const { json } = await call(`${service.url}/openapi.json`);
  expect(json).toMatchObject({
    paths: { "/ask": { post: { responses: { 200: { headers: { "x-ekiben-cache": {} } } } } } },
  });
});
