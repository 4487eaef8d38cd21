/** Sequences over real sockets, with a real GRU, against what PyTorch has recorded for the whole of each. */
import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import type { Listener } from "../../../runtime/observe/events.js";
import type { Service } from "../../../runtime/server/service.js";
import { recordEvents } from "../../support/events.js";
import { type Answer, call } from "../../support/http.js";
import { onnxModel } from "../../support/onnx-model.js";
import { inRepository } from "../../support/paths.js";
import { seeded } from "../../support/random.js";
import { deployableOf, folderOf, serveFolder } from "../../support/service.js";

const recurrent = (file: string) => inRepository("tests", "fixtures", "models", "recurrent", file);

interface RecordedTensor {
  readonly data: readonly number[];
}
interface Recorded {
  readonly tolerance: number;
  readonly cases: readonly {
    readonly name: string;
    readonly model: string;
    readonly steps: readonly { readonly [name: string]: RecordedTensor | number }[];
  }[];
}
const recorded = JSON.parse(readFileSync(recurrent("cases.json"), "utf8")) as Recorded;
const gruCases = recorded.cases.filter(({ model }) => model === "gru.onnx");
const dataOf = (value: RecordedTensor | number | undefined) => (typeof value === "object" ? value.data : []);

/** A running sum times a factor, so that an answer tells which version has made it. */
const summing = (factor: number) =>
  onnxModel({
    inputs: { x: "float32[batch, 1]", total: "float32[batch, 1]" },
    outputs: { y: "float32[batch, 1]", next: "float32[batch, 1]" },
    initializers: [{ name: "factor", type: "float32[1]", data: Buffer.from(new Float32Array([factor]).buffer) }],
    nodes: [
      { operator: "Add", inputs: ["x", "total"], outputs: ["next"] },
      { operator: "Mul", inputs: ["next", "factor"], outputs: ["y"] },
    ],
  });

const spec = (settings = "", model = "") => `
service: streams
models:
  gru:
    source: gru.onnx
    batching: { max_batch_size: 16, max_queue_delay_ms: 1 }
    sequence: { state: [{ input: h0, output: hn }] }
  summer:
    source: summers
    sequence: { state: [{ input: total, output: next }], ${settings} }
    ${model}
  counter: { source: accumulator.onnx, sequence: { state: [{ input: total, output: total_out }] } }
graphs:
  step:
    inputs: { x: { type: "float32[3]" } }
    steps: [{ id: stepped, use: gru, with: { x: $x } }]
    outputs: { y: $stepped.y }
  add:
    inputs: { x: { type: "float32[1]" } }
    steps: [{ id: added, use: summer, with: { x: $x } }]
    outputs: { y: "$added.y" }
  rows:
    inputs: { x: { type: "float32[n, 1]" } }
    steps: [{ id: added, use: summer, with: { x: $x } }]
    outputs: { y: "$added.y" }
  count:
    inputs: { x: { type: "float32[1]" }, first: { type: "float32[1]" } }
    steps: [{ id: counted, use: counter, with: { x: $x, START: $first } }]
    outputs: { sum: $counted.sum }
endpoints:
  - { path: /step, graph: step }
  - { path: /add, graph: add, examples: [{ inputs: { x: [7] }, expect: { y: [7] } }] }
  - { path: /rows, graph: rows }
  - { path: /count, graph: count }
`;

const running: Service[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
afterAll(() => agent.destroy());
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

async function serve(
  text = spec(),
  summers: Readonly<Record<string, Buffer>> = { "1": summing(1) },
  listener: Listener = () => {},
) {
  const folder = folderOf({
    "gru.onnx": readFileSync(recurrent("gru.onnx")),
    "accumulator.onnx": readFileSync(recurrent("accumulator.onnx")),
    ...Object.fromEntries(Object.entries(summers).map(([version, bytes]) => [`summers/${version}/model.onnx`, bytes])),
    "bentofile.yaml": text,
  });
  const service = await serveFolder(folder, { random: seeded(4).next, listeners: [listener] });
  running.push(service);
  const send = (path: string, body: object, sequence?: string, headers = {}): Promise<Answer> =>
    call(`${service.url}${path}`, {
      body,
      agent,
      headers: { ...headers, ...(sequence === undefined ? {} : { "x-ekiben-sequence": sequence }) },
    });
  const add = (x: number, sequence?: string, headers = {}) => send("/add", { x: [x] }, sequence, headers);
  const edit = async (changed: string, factor?: number) => {
    writeFileSync(join(folder, "bentofile.yaml"), changed);
    if (factor !== undefined) writeFileSync(join(folder, "summers", "1", "model.onnx"), summing(factor));
    await service.host.deploy(await deployableOf(folder));
  };
  return { service, send, add, edit };
}

const told = ({ status, json }: Answer) =>
  status === 200 ? (json as { y: unknown }).y : (json as { code: string }).code;

test("a hundred and twenty sequences at once, shuffled, are each what PyTorch gives for it alone", async () => {
  const { service, send } = await serve();
  const random = seeded(2);
  const streams = Array.from({ length: 120 }, (_, index) => {
    const { steps } = gruCases[index % gruCases.length] ?? { steps: [] };
    return { id: `stream-${index}`, steps, next: 0 };
  });
  let largest = 0;
  let requests = 0;
  for (;;) {
    const open = streams.filter(({ steps, next }) => next < steps.length);
    if (open.length === 0) break;
    // A random half of them, in random order, all at the same time.
    const chosen = open.filter(() => open.length < 4 || random.integer(2) === 0).sort(() => random.next() - 0.5);
    await Promise.all(
      chosen.map(async (stream) => {
        const at = stream.next++;
        const flags = `${at === 0 ? "; start" : ""}${at === stream.steps.length - 1 ? "; end" : ""}`;
        const step = stream.steps[at];
        const { status, json } = await send("/step", { x: dataOf(step?.["x"]) }, `${stream.id}${flags}`);
        expect(status).toBe(200);
        const y = (json as { y: readonly number[] }).y;
        const expected = dataOf(step?.["y"]);
        expect(y).toHaveLength(2);
        for (const [index, value] of y.entries())
          largest = Math.max(largest, Math.abs(value - (expected[index] ?? Number.NaN)));
        requests++;
      }),
    );
  }
  expect(requests).toBe(streams.reduce((sum, { steps }) => sum + steps.length, 0));
  expect(largest).toBeLessThan(recorded.tolerance);
  const page = (await call(`${service.url}/metrics`)).text;
  const metric = (name: string) => Number(new RegExp(`^ekiben_${name} (.*)$`, "m").exec(page)?.[1]);
  expect(metric('sequences{model="gru"}')).toBe(0);
  expect(metric('sequence_bytes{model="gru"}')).toBe(0);
  expect(metric('sequences_ended_total{model="gru",cause="ended"}')).toBe(120);
  // They met: there were fewer runs than requests.
  expect(metric('batch_rows_count{model="gru",version="1"}')).toBeLessThan(requests);
});

test("requests of one sequence that are sent without waiting run in the order in which they came", async () => {
  const { add } = await serve();
  await add(0, "a; start");
  const sums = await Promise.all(Array.from({ length: 20 }, (_, index) => add(2 ** index, "a")));
  const found = sums.map((answer) => (told(answer) as readonly number[])[0] ?? 0).sort((a, b) => a - b);
  // Sockets may overtake each other, sums do not get lost: each has all that ran before it, and one number more.
  const added = found.map((sum, index) => sum - (found[index - 1] ?? 0)).sort((a, b) => a - b);
  expect(added).toEqual(Array.from({ length: 20 }, (_, index) => 2 ** index));
});

test("a model's own START flag is an input like any other", async () => {
  const { send } = await serve();
  const counted = recorded.cases.find(({ model }) => model === "accumulator.onnx");
  for (const [index, step] of (counted?.steps ?? []).entries()) {
    const body = { x: [step["x"]], first: [step["START"]] };
    const { json } = await send("/count", body, index === 0 ? "c; start" : "c");
    expect(json).toEqual({ sum: [step["sum"]] });
  }
});

test("what a sequence is told when its state is not there", async () => {
  const { add } = await serve(spec("max_sequences: 2"));
  const unknown = await add(1, "a");
  expect(unknown.status).toBe(409);
  expect(unknown.json).toMatchObject({
    code: "sequence-lost",
    title: "The sequence's state is gone",
    detail: expect.stringMatching(
      /^Model "summer" has no state of a sequence "a": .* Send it again from its first request, with `start`\.$/,
    ),
  });
  for (const id of ["a", "b", "c"]) expect(told(await add(1, `${id}; start`))).toEqual([1]);
  expect([told(await add(1, "a")), told(await add(1, "b")), told(await add(1, "c"))]).toEqual([
    "sequence-lost",
    [2],
    [2],
  ]);
  expect(told(await add(1, "b; end"))).toEqual([3]);
  expect(told(await add(1, "b"))).toBe("sequence-lost");
  expect(told(await add(5, "c; start"))).toEqual([5]);
});

test("a sequence that rests for longer than it may is forgotten", async () => {
  const events = recordEvents();
  const { add } = await serve(spec("idle_timeout_s: 0.05"), undefined, events.listener);
  const ended = events.next("sequence-ended");
  expect(told(await add(1, "a; start"))).toEqual([1]);
  expect(await ended).toMatchObject({ model: "summer", cause: "expired" });
  expect(told(await add(1, "a"))).toBe("sequence-lost");
});

test("two keys have two sequences of one id", async () => {
  const { add } = await serve();
  await add(1, "a; start", { "x-api-key": "one" });
  expect(told(await add(1, "a", { "x-api-key": "two" }))).toBe("sequence-lost");
  expect(told(await add(1, "a", { "x-api-key": "one" }))).toEqual([2]);
});

test.each(["", "; start", "a b", "a; begin", "a; start; start", "a, b", "x".repeat(129)])(
  "the header %j is refused",
  async (header) => {
    const { add } = await serve();
    const { status, json } = await add(1, header);
    expect([status, (json as { code: string }).code]).toEqual([400, "bad-header"]);
  },
);

test("a request without a sequence is refused; an example is a sequence of its own", async () => {
  const { add, service } = await serve();
  expect((await add(1)).status).toBe(400);
  const { json } = await call(`${service.url}/openapi.json`);
  expect(json).toMatchObject({
    paths: {
      "/add": {
        post: {
          parameters: [{ name: "x-ekiben-sequence", in: "header", required: true }],
          responses: { 409: { $ref: "#/components/responses/SequenceLost" } },
        },
      },
    },
  });
});

test("a request is one row", async () => {
  const { send } = await serve();
  const { status, json } = await send("/rows", { x: [[1], [2]] }, "a; start");
  expect([status, (json as { detail: string }).detail]).toEqual([
    422,
    'Model "summer" keeps state: a request gives it one row of its sequence, not 2.',
  ]);
  expect(told(await send("/rows", { x: [[1]] }, "a; start"))).toEqual([[1]]);
});

test("a request that fails leaves the state as it was", async () => {
  const { add, send } = await serve();
  await add(1, "a; start");
  expect((await send("/add", { x: ["one"] }, "a")).status).toBe(422);
  expect(told(await add(1, "a"))).toEqual([2]);
});

test("a reload that keeps the model keeps its sequences; one that changes it says that they are lost", async () => {
  const { add, edit } = await serve();
  await add(1, "a; start");
  await edit(`${spec()}\ndescription: changed`);
  expect(told(await add(1, "a"))).toEqual([2]);
  await edit(spec("max_sequences: 5", "batching: { max_batch_size: 4 }"));
  expect(told(await add(1, "a"))).toEqual([3]);
  await edit(spec().replace("expect: { y: [7] }", "expect: { y: [14] }"), 2);
  expect(told(await add(1, "a"))).toBe("sequence-lost");
  expect(told(await add(1, "a; start"))).toEqual([2]);
});

test("a sequence keeps the version that it began with, whatever the shares and the header say", async () => {
  const versions = { "1": summing(1), "2": summing(100) };
  const policy = 'version_policy: all, traffic: { weights: { "1": 50, "2": 50 }, header: x-version }';
  const text = spec()
    .replace("source: summers", `source: summers\n    ${policy.split(", traffic").join("\n    traffic")}`)
    .replace(", examples: [{ inputs: { x: [7] }, expect: { y: [7] } }]", "");
  const { add, edit } = await serve(text, versions);
  const began = new Map<string, string>();
  for (let index = 0; index < 30; index++) {
    const { headers } = await add(1, `s${index}; start`);
    began.set(`s${index}`, String(headers["x-ekiben-version"]));
  }
  expect(new Set(began.values())).toEqual(new Set(["summer=1", "summer=2"]));
  for (const [id, version] of began) {
    const answer = await add(1, id, { "x-version": "1" });
    expect(answer.headers["x-ekiben-version"]).toBe(version);
    expect(told(answer)).toEqual([version === "summer=1" ? 2 : 200]);
  }
  await edit(text.replace(' "1": 50, "2": 50 ', ' "1": 100 '));
  for (const [id, version] of began) expect(told(await add(1, id))).toEqual([version === "summer=1" ? 3 : 300]);
  await edit(
    text
      .replace(/version_policy: all/, "version_policy: { specific: [1] }")
      .replace(' "1": 50, "2": 50 ', ' "1": 100 '),
  );
  for (const [id, version] of began)
    expect(told(await add(1, id))).toEqual(version === "summer=1" ? [4] : "sequence-lost");
});
