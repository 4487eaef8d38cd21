/** Versions come, go and are half there while a service answers: no request fails, and only what is whole is taken. */
import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { SpecSource } from "../../cli/plan-source.js";
import type { RuntimeEvent } from "../../runtime/observe/events.js";
import { Reloader } from "../../runtime/server/reloader.js";
import { startEmptyService } from "../../runtime/server/service.js";
import { recordEvents } from "../support/events.js";
import { type Answer, call } from "../support/http.js";
import { floats, onnxModel } from "../support/onnx-model.js";
import { folderOf } from "../support/service.js";
import { scaled, unknown } from "../support/version-models.js";

const spec = (settings = "") => `
service: versions
models: { reader: { source: models${settings} } }
graphs:
  read:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: answer, use: reader, with: { x: $x } }]
    outputs: { y: $answer.y }
endpoints: [{ path: /read, graph: read }]
observability: { logging: { level: error, access: false } }
`;

/** y = factor * x, its weights in a file of its own. */
function external(): Buffer {
  return onnxModel({
    inputs: { x: "float32[batch, 2]" },
    outputs: { y: "float32[batch, 2]" },
    initializers: [{ name: "factor", type: "float32[2]", data: { location: "weights.bin", length: "8" } }],
    nodes: [{ operator: "Mul", inputs: ["x", "factor"], outputs: ["y"] }],
  });
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Served as `dev` and `serve --watch` do it, with version 1 and steady load. */
async function start(settings = "") {
  const folder = folderOf({ "models/1/model.onnx": scaled(1), "bentofile.yaml": spec(settings) });
  const path = join(folder, "bentofile.yaml");
  const options = { text: () => undefined, flag: () => false, list: () => [] };
  const events = recordEvents();
  const source = new SpecSource({ file: "bentofile.yaml", path }, { options, environment: {} });
  const { deployable } = await source.attempt();
  const service = await startEmptyService(deployable, {
    mode: "production",
    host: "127.0.0.1",
    port: 0,
    listeners: [events.listener],
  });
  closing.push(async () => void (await service.close()));
  const reloader = new Reloader({ source, host: service.host, listener: service.listener });
  await reloader.start();
  closing.push(() => reloader.close());
  const load = startLoad(service.url);
  closing.push(load.stop);
  const ask = async (): Promise<number> =>
    ((await call(`${service.url}/read`, { body: { x: [1, 1] } })).json as Read).y[0];
  return {
    url: service.url,
    at: (name: string) => join(folder, name),
    save: (text: string) => writeFileSync(path, text),
    events,
    ask,
    load,
  };
}

interface Read {
  readonly y: readonly [number, number];
}

function startLoad(url: string) {
  const answers: Answer[] = [];
  const agent = new Agent({ keepAlive: true });
  let isStopped = false;
  const connection = async (): Promise<void> => {
    while (!isStopped) answers.push(await call(`${url}/read`, { body: { x: [1, 1] }, agent }));
  };
  const connections = [connection(), connection(), connection(), connection()];
  return {
    /** The factors that were answered since the last look, also to one who asked after now; nothing else was. */
    seen: async (): Promise<readonly number[]> => {
      const upTo = answers.length + 2 * connections.length;
      while (answers.length < upTo) await new Promise((resolve) => setImmediate(resolve));
      const taken = answers.splice(0);
      expect(taken.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
      return [...new Set(taken.map(({ json }) => (json as Read).y[0]))].sort((a, b) => a - b);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(connections);
      agent.destroy();
    },
  };
}

function models(
  events: readonly RuntimeEvent[],
  kind: "model-opened" | "model-closed",
): readonly (string | undefined)[] {
  return events.flatMap((event) => (event.kind === kind ? [event.version] : []));
}

const ends = ["deployed", "reload-failed", "reload-unchanged"] as const;

test("a version that comes is loaded beside the old one, swapped in, and the old one is drained and closed", async () => {
  const { at, events, ask, load, url } = await start();
  for (const version of [2, 3, 10]) {
    mkdirSync(at(`new-${version}`));
    writeFileSync(at(`new-${version}/model.onnx`), scaled(version));
    const deployed = events.next("deployed");
    const closed = events.next("model-closed");
    renameSync(at(`new-${version}`), at(`models/${version}`));
    await deployed;
    expect(await ask()).toBe(version);
    await closed;
  }
  expect(models(events.all, "model-opened")).toEqual(["1", "2", "3", "10"]);
  expect(models(events.all, "model-closed")).toEqual(["1", "2", "3"]);
  expect(await load.seen()).toEqual([1, 2, 3, 10]);
  const series = [...(await call(`${url}/metrics`)).text.matchAll(/model="reader",version="(\d+)"/g)];
  expect(new Set(series.map(([, version]) => version))).toEqual(new Set(["10"]));
});

test("a version that is copied in parts is not taken before it is whole", async () => {
  const { at, events, ask, load } = await start();
  const model = external();
  const parts: readonly (() => void)[] = [
    () => mkdirSync(at("models/2")),
    () => writeFileSync(at("models/2/model.onnx"), model.subarray(0, 40)),
    () => appendFileSync(at("models/2/model.onnx"), model.subarray(40, 90)),
    () => appendFileSync(at("models/2/model.onnx"), model.subarray(90)),
    () => writeFileSync(at("models/2/weights.bin"), floats(7).subarray(0, 3)),
    () => appendFileSync(at("models/2/weights.bin"), floats(7).subarray(3)),
  ];
  for (const part of parts) {
    const looked = events.next(...ends);
    part();
    expect((await looked).kind).toBe("reload-unchanged");
    expect(await ask()).toBe(1);
  }
  const deployed = events.next("deployed");
  appendFileSync(at("models/2/weights.bin"), floats(7));
  await deployed;
  expect(await ask()).toBe(7);
  expect(await load.seen()).toEqual([1, 7]);
  const texts = events.all.flatMap((event) => (event.kind === "diagnosed" ? [event.text] : []));
  expect(texts.filter((text) => text.includes('version 2 of model "reader" is set aside')).length).toBeGreaterThan(2);
  expect(events.all.filter(({ kind }) => kind === "reload-failed")).toEqual([]);
});

test("a version that is written for long holds up nothing: a rollback meanwhile is one edit", async () => {
  const { at, events, ask, load, save } = await start(", version_policy: { latest: 2 }, traffic: { 1: 0 }");
  cpSync(at("models/1"), at("models/2"), { recursive: true });
  const deployed = events.next("deployed");
  writeFileSync(at("models/2/model.onnx"), scaled(2));
  await deployed;
  mkdirSync(at("models/3"));
  writeFileSync(at("models/3/model.onnx"), scaled(3).subarray(0, 50));
  // A byte at a time, for as long as the rollback takes.
  const bytes = setInterval(() => appendFileSync(at("models/3/model.onnx"), "\0"), 3);
  try {
    await events.next("diagnosed");
    const rolled = events.next("deployed");
    save(spec(", version_policy: { latest: 2 }, traffic: { 1: 100 }"));
    await rolled;
    expect(await ask()).toBe(1);
  } finally {
    clearInterval(bytes);
  }
  // Both versions stayed open, and their queues with them.
  expect(models(events.all, "model-opened")).toEqual(["1", "2"]);
  expect(models(events.all, "model-closed")).toEqual([]);
  expect((await load.seen()).every((factor) => factor === 1 || factor === 2)).toBe(true);
});

test("what is no version, or none that onnxruntime opens, leaves what is live; taking it away mends it", async () => {
  const { at, events, ask, load } = await start();
  const look = async (change: () => void): Promise<string> => {
    const looked = events.next(...ends);
    change();
    return (await looked).kind;
  };
  const put = (version: string, contents: string | Uint8Array) => () => {
    mkdirSync(at(`aside-${version}`));
    writeFileSync(at(`aside-${version}/model.onnx`), contents);
    renameSync(at(`aside-${version}`), at(`models/${version}`));
  };
  const away = (version: string) => () => rmSync(at(`models/${version}`), { recursive: true });
  expect(await look(put("2", "no model"))).toBe("reload-unchanged");
  // What is set aside is looked at once more: it may have become whole meanwhile.
  await events.next(...ends);
  expect(await look(away("2"))).toBe("reload-unchanged");
  expect(await look(put("01", scaled(9)))).toBe("reload-unchanged");
  expect(await look(put("3", unknown))).toBe("reload-failed");
  const [failed] = events.all.flatMap((event) => (event.kind === "reload-failed" ? [event.text] : []));
  expect(failed).toMatch(/model "reader" cannot be opened: .*NoSuchOperator/);
  expect(await look(away("3"))).toBe("reload-unchanged");
  expect(await look(put("4", scaled(4)))).toBe("deployed");
  expect(await ask()).toBe(4);
  expect(await look(away("4"))).toBe("deployed");
  expect(await ask()).toBe(1);
  expect(await load.seen()).toEqual([1, 4]);
});

test("changed shares, labels and a shadow open nothing anew", async () => {
  const policy = ", version_policy: all";
  const { at, events, ask, save, load } = await start(policy);
  const changes = [
    [`${policy}, traffic: { 1: 100 }`, 1],
    [`${policy}, labels: { old: 1, new: 2 }, traffic: { new: 100 }`, 2],
    [`${policy}, shadow: 2`, 1],
    [policy, 2],
  ] as const;
  let deployed = events.next("deployed");
  cpSync(at("models/1"), at("aside"), { recursive: true });
  writeFileSync(at("aside/model.onnx"), scaled(2));
  renameSync(at("aside"), at("models/2"));
  await deployed;
  for (const [settings, answer] of changes) {
    deployed = events.next("deployed");
    save(spec(settings));
    await deployed;
    expect(await ask()).toBe(answer);
  }
  expect(models(events.all, "model-opened")).toEqual(["1", "2"]);
  expect(models(events.all, "model-closed")).toEqual([]);
  expect(await load.seen()).toEqual([1, 2]);
});
