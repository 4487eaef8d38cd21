/** Versions behind one endpoint, over real sockets: shares as declared, callers that choose, keys that stay, a shadow that nobody sees. */
import { Agent } from "node:http";
import type { RuntimeEvent } from "../../../runtime/observe/events.js";
import type { Service } from "../../../runtime/server/service.js";
import { recordEvents } from "../../support/events.js";
import { type Answer, call } from "../../support/http.js";
import { seeded } from "../../support/random.js";
import { type Files, serveSpec } from "../../support/service.js";
import { lookup, scaled } from "../../support/version-models.js";

const files: Files = {
  "models/1/model.onnx": scaled(1),
  "models/2/model.onnx": scaled(2),
  "models/3/model.onnx": scaled(3),
};

const spec = (settings: string) => `
service: canary
models:
  reader: { source: models, version_policy: all, labels: { stable: 1, canary: 2, next: 3 }, batching: { max_batch_size: 8 }, ${settings} }
  other: { source: models/1/model.onnx }
graphs:
  inner:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: answer, use: reader, with: { x: $x } }]
    outputs: { y: $answer.y }
  read:
    inputs:
      x: { type: "float32[2]" }
      user_id: { type: string, default: "" }
      more: { type: "list<float32[2]>", default: [] }
    steps:
      - { id: one, use: reader, with: { x: $x } }
      - { id: two, use: inner, with: { x: $x } }
      - { id: plain, use: other, with: { x: $x } }
      - { id: each, use: reader, each: $more, with: { x: $item } }
    outputs: { one: $one.y, two: $two.y, plain: $plain.y, each: "$each[].y", user: $user_id }
endpoints: [{ path: /read, graph: read }]
`;

interface Read {
  readonly one: readonly number[];
  readonly two: readonly number[];
  readonly each: readonly (readonly number[])[];
}

const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

async function serve(settings: string, listener = (_: RuntimeEvent) => {}, fourth = lookup) {
  const all: Files = { ...files, "models/4/model.onnx": fourth };
  const service = await serveSpec(spec(settings), all, { random: seeded(11).next, listeners: [listener] });
  running.push(service);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    call(`${service.url}/read`, { body: { x: [1, 1], ...body }, headers, agent });
  return { service, ask };
}

/** By the answer itself, which must agree with what its header says. */
function versionOf({ status, json, headers }: Answer): string {
  expect(status).toBe(200);
  const { one, two } = json as Read;
  expect(two).toEqual(one);
  expect(headers["x-ekiben-version"]).toBe(`reader=${one[0]}`);
  return String(one[0]);
}

async function askMany(count: number, ask: (index: number) => Promise<Answer>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let from = 0; from < count; from += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(from + index)));
    for (const answer of answers) counts.set(versionOf(answer), (counts.get(versionOf(answer)) ?? 0) + 1);
  }
  return counts;
}

/** Within five standard deviations of a binomial. */
function expectShare(found: number | undefined, percent: number, count: number): void {
  const p = percent / 100;
  expect(Math.abs((found ?? 0) - count * p)).toBeLessThan(5 * Math.sqrt(count * p * (1 - p)) + 1);
}

test("versions get their shares, the newest the rest", async () => {
  const { ask, service } = await serve('traffic: { stable: 70, canary: 20 }, shadow: "4"');
  const counts = await askMany(3_000, () => ask({}));
  expectShare(counts.get("1"), 70, 3_000);
  expectShare(counts.get("2"), 20, 3_000);
  expectShare(counts.get("3"), 10, 3_000);

  const page = (await call(`${service.url}/metrics`)).text;
  const queued = (version: string) =>
    Number(new RegExp(`queue_duration_seconds_count\\{model="reader",version="${version}"\\} (\\d+)`).exec(page)?.[1]);
  // Two steps of each request ask the model.
  for (const version of ["1", "2", "3"]) expect(queued(version)).toBe((counts.get(version) ?? 0) * 2);
  const { json } = await call(`${service.url}/version`);
  expect(json).toMatchObject({
    models: {
      reader: {
        state: "ready",
        version: "1",
        labels: { stable: "1", canary: "2", next: "3" },
        versions: {
          "1": { state: "ready", percent: 70, shadow: false },
          "2": { state: "ready", percent: 20, shadow: false },
          "3": { state: "ready", percent: 10, shadow: false },
          "4": { state: "ready", percent: 0, shadow: true },
        },
      },
      other: { state: "ready", version: "1", versions: { "1": { percent: 100 } } },
    },
  });
});

test("all steps and items of one request have one version", async () => {
  const { ask } = await serve("traffic: { 1: 50, 2: 50 }");
  const more = Array.from({ length: 100 }, (_, index) => [index, 0]);
  for (let request = 0; request < 40; request++) {
    const answer = await ask({ more });
    const factor = Number(versionOf(answer));
    expect((answer.json as Read).each).toEqual(more.map(([first = 0]) => [first * factor, 0]));
  }
});

test("a caller chooses by the header, also a version without a share", async () => {
  const { ask } = await serve("traffic: { weights: { 1: 100 }, header: X-Version }");
  expect(versionOf(await ask({}))).toBe("1");
  for (const [header, version] of [
    ["2", "2"],
    ["next", "3"],
    ["reader=2, other=9", "2"],
    ["other=9", "1"],
  ] as const)
    expect(versionOf(await ask({}, { "x-version": header }))).toBe(version);
  const refused = await ask({}, { "x-version": "9" });
  expect([refused.status, refused.json]).toEqual([
    400,
    expect.objectContaining({
      code: "bad-header",
      detail:
        'The header "x-version" names no version of model "reader" that is served; it takes 1, 2, 3, 4, stable, canary, next.',
    }),
  ]);
});

test("the OpenAPI document tells of the header that chooses and of the one that answers", async () => {
  const { service } = await serve("traffic: { weights: { 1: 100 }, header: X-Version }");
  const { json } = await call(`${service.url}/openapi.json`);
  expect(json).toMatchObject({
    paths: {
      "/read": {
        post: {
          parameters: [{ name: "x-version", in: "header", required: false }],
          responses: { 200: { headers: { "x-ekiben-version": { schema: { type: "string" } } } } },
        },
      },
    },
  });
});

test("an answer's own header, sent back, gets the same version", async () => {
  const { ask } = await serve('traffic: { weights: { 1: 30, 2: 30 }, header: x-ekiben-version }, shadow: "4"');
  for (let request = 0; request < 20; request++) {
    const first = await ask({});
    const again = await ask({}, { "x-ekiben-version": String(first.headers["x-ekiben-version"]) });
    expect(versionOf(again)).toBe(versionOf(first));
  }
});

test("a key stays with its version; the keys share out as the weights say", async () => {
  const { ask } = await serve("traffic: { weights: { 1: 60, 2: 40 }, sticky_by: user_id }");
  const counts = await askMany(1_000, (index) => ask({ user_id: `user ${index}` }));
  expectShare(counts.get("1"), 60, 1_000);
  for (const user of ["ada", "grace", "edsger"]) {
    const first = versionOf(await ask({ user_id: user }));
    for (let request = 0; request < 10; request++) expect(versionOf(await ask({ user_id: user }))).toBe(first);
  }
});

test("where nothing is shared no header tells a version, and none chooses", async () => {
  const { ask } = await serve('shadow: "4"');
  const { json, headers } = await ask({}, { "x-version": "1" });
  expect((json as Read).one).toEqual([3, 3]);
  expect(headers["x-ekiben-version"]).toBeUndefined();
});

test("a shadow that agrees, differs and fails is measured, and no caller sees it", async () => {
  const events = recordEvents();
  const { ask, service } = await serve('traffic: { 1: 100 }, shadow: "4"', events.listener);
  // 0 to 3 it knows, below it is wrong, above it fails.
  for (const x of [0, 1, 2, 3, -1, 4, 5]) {
    const before = events.all.length;
    const answer = await ask({ x: [x, x] });
    expect([answer.status, (answer.json as Read).one]).toEqual([200, [x, x]]);
    while (shadows(events.all.slice(before)).length < 2) await events.next("shadow-done");
  }
  expect(shadows(events.all).map(({ result }) => result)).toEqual([
    ...Array(8).fill("agreed"),
    ...Array(2).fill("differed"),
    ...Array(4).fill("failed"),
  ]);
  expect(new Set(events.all.flatMap((event) => (event.kind === "request-done" ? [event.status] : [])))).toEqual(
    new Set([200]),
  );
  const page = (await call(`${service.url}/metrics`)).text;
  const labels = 'model="reader",version="4"';
  expect(page).toContain(`ekiben_shadow_copies_total{${labels},result="agreed"} 8\n`);
  expect(page).toContain(`ekiben_shadow_copies_total{${labels},result="differed"} 2\n`);
  expect(page).toContain(`ekiben_shadow_copies_total{${labels},result="failed"} 4\n`);
  expect(page).toContain(`ekiben_shadow_duration_seconds_count{${labels}} 14\n`);
  expect(page).toContain(`ekiben_shadow_difference_count{${labels}} 10\n`);
  expect((await call(`${service.url}/readyz`)).status).toBe(200);
});

test("a shadow whose numbers are infinite is measured as far apart, and no caller sees it", async () => {
  const events = recordEvents();
  const { ask, service } = await serve('traffic: { 1: 100 }, shadow: "4"', events.listener, scaled(Infinity));
  for (const copies of [2, 4]) {
    expect((await ask({})).status).toBe(200);
    while (shadows(events.all).length < copies) await events.next("shadow-done");
  }
  const page = (await call(`${service.url}/metrics`)).text;
  expect(page).toContain('ekiben_shadow_copies_total{model="reader",version="4",result="differed"} 4\n');
  expect(page).toContain('ekiben_shadow_difference_bucket{le="10",model="reader",version="4"} 0\n');
  expect(page).toContain('ekiben_shadow_difference_count{model="reader",version="4"} 4\n');
});

function shadows(events: readonly RuntimeEvent[]) {
  return events.flatMap((event) => (event.kind === "shadow-done" ? [event] : []));
}
