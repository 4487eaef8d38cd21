/** Many models in little memory, over real sockets: loaded when asked for, let go when others need the room, never more than the limit. */
import { writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { openDeployable } from "../../../cli/open.js";
import type { RuntimeEvent } from "../../../runtime/observe/events.js";
import type { Service } from "../../../runtime/server/service.js";
import { recordEvents } from "../../support/events.js";
import { type Answer, call } from "../../support/http.js";
import { seeded } from "../../support/random.js";
import { deployableOf, type Files, folderOf, serveFolder } from "../../support/service.js";
import { table } from "../../support/table-models.js";
import { unknown } from "../../support/version-models.js";

const tableBytes = 8_000_000;
const factors = [1, 2, 3, 4, 5];
const files: Files = Object.fromEntries(factors.map((factor) => [`m${factor}.onnx`, table(factor, tableBytes)]));

/** A table takes some 35 MB by the estimate: two of five have room. */
const twoFit = "80mb";

function spec(memory: string, settings = "residency: on_demand", extra = ""): string {
  const models = factors.map((factor) => `  m${factor}: { source: m${factor}.onnx, ${settings} }`);
  const graphs = factors.map(
    (factor) => `
  g${factor}:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: answer, use: m${factor}, with: { x: $x } }]
    outputs: { y: $answer.y }`,
  );
  const endpoints = factors.map((factor) => `  - { path: /m${factor}, graph: g${factor} }`);
  return `
service: many
models:
${models.join("\n")}
${extra}
graphs:${graphs.join("")}
endpoints:
${endpoints.join("\n")}
server: { memory_limit: ${memory} }
`;
}

/** Models that come and go are not compiled meanwhile, which goes on in the background after a test has ended. */
const outer = process.env["EKIBEN_CACHE"];
beforeAll(() => {
  process.env["EKIBEN_CACHE"] = "off";
});
afterAll(() => {
  process.env["EKIBEN_CACHE"] = outer;
});

const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

async function serve(text: string, more: Files = {}) {
  const events = recordEvents();
  const folder = folderOf({ ...files, ...more, "bentofile.yaml": text });
  const service = await serveFolder(folder, { listeners: [events.listener] });
  running.push(service);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const ask = (model: string, x: readonly number[] = [1, 10]): Promise<Answer> =>
    call(`${service.url}/${model}`, { body: { x }, agent });
  const deploy = async (next: string) => {
    writeFileSync(join(folder, "bentofile.yaml"), next);
    return service.host.deploy(await deployableOf(folder));
  };
  const get = async (path: string) => (await call(`${service.url}${path}`)).text;
  return { service, events: events.all as readonly RuntimeEvent[], ask, deploy, get, folder };
}

function mostReserved(events: readonly RuntimeEvent[]): number {
  return Math.max(...events.map((event) => (event.kind === "memory-reserved" ? event.bytes : 0)));
}

function count(events: readonly RuntimeEvent[], kind: RuntimeEvent["kind"], model?: string): number {
  return events.filter((event) => event.kind === kind && (model === undefined || Reflect.get(event, "model") === model))
    .length;
}

async function askMany(total: number, callers: number, ask: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const caller = async () => {
    for (let index = next++; index < total; index = next++) await ask(index);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

test("1,000 requests over five models of which two fit are all answered, and never more is reserved than there is", async () => {
  const { service, events, ask, get } = await serve(spec(twoFit));
  const random = seeded(5);
  const resident: number[] = [];
  await askMany(1_000, 16, async (index) => {
    const factor = random.pick(factors);
    const x = [random.integer(1000), random.integer(1000)];
    const { status, json } = await ask(`m${factor}`, x);
    expect([status, json]).toEqual([200, { y: x.map((each) => each * factor) }]);
    if (index % 100 === 99) resident.push(process.memoryUsage.rss());
  });
  expect(mostReserved(events)).toBeLessThanOrEqual(80e6);
  expect(mostReserved(events)).toBeGreaterThan(40e6);
  const [loads, evictions] = [count(events, "model-loaded"), count(events, "model-evicted")];
  expect(loads).toBeGreaterThan(5);
  expect(loads - evictions).toBeLessThanOrEqual(2);
  // Sessions that were not released would be hundreds of megabytes by now.
  expect(Math.max(...resident.slice(5)) - (resident[3] ?? 0)).toBeLessThan(100e6);

  const metrics = await get("/metrics");
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, "gm"))].reduce(
      (total, [, each]) => total + Number(each),
      0,
    );
  expect([sum("ekiben_model_loads_total"), sum("ekiben_model_evictions_total")]).toEqual([loads, evictions]);
  expect(sum("ekiben_on_demand_models")).toBe(5);
  expect(metrics).toContain("ekiben_memory_limit_bytes 80000000");
  await service.close();
  expect(service.host.machine.memory.reservedBytes).toBe(0);
}, 120_000);

test("fifty first requests at the same time open a model once", async () => {
  const { events, ask } = await serve(spec(twoFit));
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask("m3")));
  expect(answers.map(({ status, json }) => [status, json])).toEqual(answers.map(() => [200, { y: [3, 30] }]));
  expect([count(events, "model-loaded"), count(events, "model-loaded", "m3")]).toEqual([1, 1]);
});

test("a service is ready before any model is loaded, and says which are", async () => {
  const { ask, get } = await serve(spec(twoFit));
  expect(JSON.parse(await get("/readyz"))).toEqual({ ready: true, missing: [] });
  await ask("m2");
  const version: unknown = JSON.parse(await get("/version"));
  expect(version).toMatchObject({
    memory: { limit_bytes: 80e6, reserved_bytes: expect.any(Number) },
    models: {
      m1: { state: "unloaded", loads: 0, evictions: 0, reserved_bytes: 0 },
      m2: { state: "ready", loads: 1, evictions: 0, place: "thread", versions: { 1: { state: "ready" } } },
    },
  });
});

test("models that are always loaded are never let go", async () => {
  const always = "  always: { source: m1.onnx }\n";
  const use = (text: string) =>
    text.replace("use: m1,", "use: always,").replace("  m1: { source: m1.onnx, residency: on_demand }\n", "");
  const { events, ask, get } = await serve(use(spec(twoFit, "residency: on_demand", always)));
  await askMany(40, 4, async (index) => {
    const factor = factors[index % 5] ?? 1;
    expect((await ask(`m${factor}`)).json).toEqual({ y: [factor, 10 * factor] });
  });
  expect(count(events, "model-evicted", "always")).toBe(0);
  expect(mostReserved(events)).toBeLessThanOrEqual(80e6);
  expect(JSON.parse(await get("/version"))).toMatchObject({ models: { always: { state: "ready" } } });
});

test("a model that cannot be opened is told to those who ask for it, and disturbs nobody else", async () => {
  const { ask, get, events } = await serve(spec(twoFit), { "m4.onnx": unknown });
  const [broken, fine] = await Promise.all([ask("m4"), ask("m1")]);
  expect(broken.status).toBe(503);
  expect(broken.json).toMatchObject({
    code: "not-ready",
    detail: expect.stringMatching(/^Model "m4" cannot be loaded: .*NoSuchOperator/),
  });
  expect(broken.text).not.toMatch(/\/tmp|\.onnx/);
  expect(Number(broken.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(fine.json).toEqual({ y: [1, 10] });
  expect(JSON.parse(await get("/readyz"))).toMatchObject({ ready: true });
  expect(JSON.parse(await get("/version"))).toMatchObject({
    models: { m4: { state: "unloaded", problem: expect.any(String) } },
  });
  expect(count(events, "load-failed", "m4")).toBe(1);
});

test("a file that was changed after the start is not loaded in place of the one that was meant", async () => {
  const { ask, folder } = await serve(spec(twoFit));
  writeFileSync(join(folder, "m2.onnx"), table(7, tableBytes));
  const { status, json } = await ask("m2");
  expect([status, json]).toEqual([
    503,
    expect.objectContaining({ detail: 'Model "m2" cannot be loaded: its file was changed after the service started.' }),
  ]);
});

test("a reload keeps what is loaded and what is being loaded; a changed model is loaded anew", async () => {
  const { ask, deploy, events, folder } = await serve(spec(twoFit));
  await ask("m1");
  const asked = [ask("m2"), ask("m2")];
  await deploy(spec(twoFit).replace("service: many", "service: many\ndescription: Another."));
  for (const { json } of await Promise.all(asked)) expect(json).toEqual({ y: [2, 20] });
  expect((await ask("m1")).json).toEqual({ y: [1, 10] });
  expect([count(events, "model-loaded", "m1"), count(events, "model-loaded", "m2")]).toEqual([1, 1]);

  writeFileSync(join(folder, "m1.onnx"), table(6, tableBytes));
  await deploy(spec(twoFit));
  expect((await ask("m1")).json).toEqual({ y: [6, 60] });
  expect(mostReserved(events)).toBeLessThanOrEqual(80e6);
});

test("a changed model on demand is loaded once before the swap, and stays as long as it may", async () => {
  const { ask, deploy, events, folder } = await serve(spec(twoFit));
  await ask("m1");
  writeFileSync(join(folder, "m1.onnx"), table(6, tableBytes));
  await deploy(spec(twoFit));
  expect([count(events, "model-loaded"), count(events, "model-loaded", "m1")]).toEqual([2, 2]);
  expect((await ask("m1")).json).toEqual({ y: [6, 60] });
  expect(count(events, "model-loaded")).toBe(2);
});

test("one that does not open keeps what is live, as a model that is always loaded would", async () => {
  const { ask, deploy, events, folder, service } = await serve(spec(twoFit));
  await ask("m4");
  writeFileSync(join(folder, "m4.onnx"), unknown);
  await expect(deploy(spec(twoFit))).rejects.toMatchObject({
    name: "ModelOpenError",
    code: "model-unknown-operator",
    model: "m4",
  });
  expect([service.host.current?.generation, (await ask("m4")).json]).toEqual([1, { y: [4, 40] }]);
  expect([count(events, "model-loaded", "m4"), count(events, "load-failed")]).toEqual([1, 0]);
});

test("a start fails where none of the devices of a model on demand works, and tries each choice of them once", async () => {
  const everywhere = spec(twoFit, "residency: on_demand, devices: [tensorrt, cuda]");
  await expect(serve(everywhere)).rejects.toMatchObject({ code: "model-no-device", model: "m1" });
  const { deploy, ask } = await serve(spec(twoFit, "residency: on_demand, devices: [cuda, cpu]"));
  await expect(deploy(everywhere)).rejects.toMatchObject({ code: "model-no-device", model: "m1" });
  expect((await ask("m1")).json).toEqual({ y: [1, 10] });
});

test("one that there is no memory for beside what is live is loaded when it is asked for", async () => {
  const two = spec(twoFit).replace("{ source: m1.onnx, residency: on_demand }", "{ source: m1.onnx }");
  const { ask, deploy, events } = await serve(two);
  await ask("m2");
  const settings = "queue: { max_size: 9 }";
  await deploy(two.replace("m1.onnx }", `m1.onnx, ${settings} }`).replace("m2.onnx,", `m2.onnx, ${settings},`));
  expect(count(events, "model-loaded", "m2")).toBe(1);
  expect((await ask("m2")).json).toEqual({ y: [2, 20] });
  expect(mostReserved(events)).toBeLessThanOrEqual(80e6);
});

test("reloads while models come and go under load lose no request", async () => {
  const { ask, deploy, events } = await serve(spec(twoFit));
  const random = seeded(9);
  let isDone = false;
  const load = askMany(Number.POSITIVE_INFINITY, 6, async () => {
    if (isDone) return new Promise<void>(() => {});
    const factor = random.pick(factors);
    const { status, json } = await ask(`m${factor}`);
    expect([status, json]).toEqual([200, { y: [factor, 10 * factor] }]);
  });
  for (let round = 0; round < 10; round++)
    await Promise.race([deploy(`${spec(twoFit, `residency: on_demand, queue: { max_size: ${100 + round} }`)}`), load]);
  isDone = true;
  expect(mostReserved(events)).toBeLessThanOrEqual(80e6);
});

test("a reload that does not fit beside what is live leaves that as it is; a model on demand makes room for one that fits", async () => {
  const two = spec(twoFit, "residency: on_demand").replace(
    "m1: { source: m1.onnx, residency: on_demand }",
    "m1: { source: m1.onnx }",
  );
  const { ask, deploy, service, events } = await serve(two);
  await ask("m2");
  const three = two
    .replace("m2: { source: m2.onnx, residency: on_demand }", "m2: { source: m2.onnx }")
    .replace("m3: { source: m3.onnx, residency: on_demand }", "m3: { source: m3.onnx }");
  await expect(deploy(three)).rejects.toMatchObject({ code: "model-memory", model: expect.stringMatching(/^m[123]$/) });
  expect([service.host.current?.generation, (await ask("m2")).json]).toEqual([1, { y: [2, 20] }]);

  // What m2 has on demand is given to the next m1, which stands beside the live one until that goes.
  const changed = two.replace("m1: { source: m1.onnx }", "m1: { source: m1.onnx, queue: { max_size: 9 } }");
  await deploy(changed);
  expect([(await ask("m1")).json, (await ask("m2")).json]).toEqual([{ y: [1, 10] }, { y: [2, 20] }]);
  const bothNew = changed.replace("80mb", "75mb").replace("max_size: 9", "max_size: 8");
  await deploy(bothNew);
  expect(count(events, "model-evicted", "m2")).toBeGreaterThan(0);
  const alone = bothNew.replace("75mb", "45mb").replaceAll("residency: on_demand", "residency: always");
  await expect(deploy(alone)).rejects.toMatchObject({
    code: "model-memory",
    message: expect.stringContaining("all models"),
  });
  expect((await ask("m1")).json).toEqual({ y: [1, 10] });
  expect(service.host.machine.memory.limitBytes).toBe(75e6);
});

test("a limit that is too low is refused without a word to what is live; one that is low enough counts once it is", async () => {
  const { ask, deploy, events, service } = await serve(spec(twoFit));
  await Promise.all([ask("m1"), ask("m2")]);
  // It waits for memory, more of which will be needed than the next limit has.
  const asked = ask("m3");
  await expect(deploy(spec("20mb"))).rejects.toMatchObject({
    code: "model-memory",
    message: expect.stringContaining("models may take 20 MB"),
  });
  expect((await asked).json).toEqual({ y: [3, 30] });
  expect([count(events, "model-evicted"), service.host.machine.memory.limitBytes]).toEqual([1, 80e6]);

  await deploy(spec("45mb"));
  for (const factor of factors) expect((await ask(`m${factor}`)).json).toEqual({ y: [factor, 10 * factor] });
  const { limitBytes, reservedBytes } = service.host.machine.memory;
  expect([limitBytes, reservedBytes <= 45e6]).toEqual([45e6, true]);
});

test("what needs the place of what is live until it is swapped is refused, and says that a new start has room", async () => {
  const one = spec("45mb", "residency: on_demand").replace(
    "m1: { source: m1.onnx, residency: on_demand }",
    "m1: { source: m1.onnx }",
  );
  const alone = `
service: alone
models: { m1: { source: m1.onnx } }
graphs: { g1: { inputs: { x: { type: "float32[2]" } }, steps: [{ id: answer, use: m1, with: { x: $x } }], outputs: { y: $answer.y } } }
endpoints: [{ path: /m1, graph: g1 }]
server: { memory_limit: 45mb }
`;
  await expect(serve(one)).rejects.toMatchObject({ code: "model-memory" });
  const { deploy, ask } = await serve(alone);
  const swapped = deploy(alone.replace("source: m1.onnx", "source: m2.onnx"));
  await expect(swapped).rejects.toMatchObject({
    code: "model-memory",
    message: expect.stringContaining("a new start has room for it"),
  });
  expect((await ask("m1")).json).toEqual({ y: [1, 10] });
});

test("a program that embeds the service has models on demand too", async () => {
  const service = await openDeployable(await deployableOf(folderOf({ ...files, "bentofile.yaml": spec(twoFit) })));
  try {
    for (const factor of [...factors, ...factors]) {
      expect(await service.run(`g${factor}`, { x: [3, 4] })).toEqual({ y: [3 * factor, 4 * factor] });
    }
    const states = [...service.engine.groups.values()].map((versions) => versions.get("1")?.state.kind);
    expect(states.filter((state) => state === "ready").length).toBe(2);
  } finally {
    await service.close();
  }
});

test("in processes of their own, models on demand give all of their memory back", async () => {
  const { ask, events, service } = await serve(spec("150mb", "residency: on_demand, isolation: process, instances: 1"));
  for (const factor of [1, 2, 3, 1]) expect((await ask(`m${factor}`)).json).toEqual({ y: [factor, 10 * factor] });
  expect(count(events, "model-evicted")).toBe(2);
  expect(mostReserved(events)).toBeLessThanOrEqual(150e6);
  expect(service.host.machine.memory.reservedBytes).toBeGreaterThan(0);
});
