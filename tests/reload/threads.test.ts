/** Models that come and go: those that stay get another share of the cores, and answer meanwhile. */
import { availableParallelism } from "node:os";
import type { Service } from "../../runtime/server/service.js";
import { recordEvents } from "../support/events.js";
import { identityModel, onnxModel } from "../support/onnx-model.js";
import { deployableOf, folderOf, serveFolder } from "../support/service.js";

const cores = availableParallelism();
const model = onnxModel(identityModel("float32[batch, 2]"));
const spec = (models: string): string => `service: shared
models: { kept: { source: m.onnx }${models} }
graphs:
  ask: { inputs: { x: { type: "float32[2]" } }, steps: [{ id: y, use: kept, with: { x: $x } }], outputs: { y: $y } }
endpoints: [{ path: /ask, graph: ask }]
`;
const folder = (models: string): string => folderOf({ "m.onnx": model, "bentofile.yaml": spec(models) });
const alone = folder("");
const beside = folder(", other: { source: m.onnx }");
const hungry = folder(`, other: { source: m.onnx, session: { intra_op_threads: ${cores} } }`);

async function threads({ url }: Service): Promise<Record<string, number>> {
  const { models } = (await (await fetch(`${url}/version`)).json()) as {
    readonly models: Record<string, { readonly intraOpThreads: number }>;
  };
  return Object.fromEntries(Object.entries(models).map(([name, { intraOpThreads }]) => [name, intraOpThreads]));
}

test("instances times threads never stay more than the cores, and nobody waits for that in vain", async () => {
  const events = recordEvents();
  const service = await serveFolder(alone, { listeners: [events.listener] });
  const group = service.host.current?.engine.groups.get("kept")?.get("1");
  const statuses = new Set<number>();
  let isOver = false;
  const caller = async (x: number): Promise<void> => {
    while (!isOver) {
      const answer = await fetch(`${service.url}/ask`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ x: [x, -x] }),
      });
      statuses.add(answer.status);
      expect(await answer.json()).toEqual({ y: [x, -x] });
    }
  };
  const callers = Promise.all([1, 2, 3, 4].map(caller));
  try {
    const half = Math.max(1, Math.floor(cores / 2));
    expect(await threads(service)).toEqual({ kept: cores });
    const deploy = async (next: string, share: number, before: number): Promise<void> => {
      const changed = share === before ? Promise.resolve() : events.next("threads-changed", "threads-kept");
      await service.host.deploy(await deployableOf(next));
      await changed;
    };
    await deploy(beside, half, cores);
    expect(await threads(service)).toEqual({ kept: half, other: half });
    await deploy(alone, cores, half);
    expect(await threads(service)).toEqual({ kept: cores });
    await deploy(hungry, 1, cores);
    expect(await threads(service)).toEqual({ kept: 1, other: cores });
    expect(service.host.current?.engine.groups.get("kept")?.get("1")).toBe(group);
  } finally {
    isOver = true;
    await callers;
    await service.close();
  }
  expect([...statuses]).toEqual([200]);
  expect(events.all.filter(({ kind }) => kind === "threads-kept" || kind === "instance-lost")).toEqual([]);
});
