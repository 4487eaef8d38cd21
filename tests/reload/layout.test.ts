/** A network that is bound by arithmetic: in one instance while nobody waits, in one a core while requests do. */
import { availableParallelism } from "node:os";
import type { Service } from "../../runtime/server/service.js";
import { recordEvents } from "../support/events.js";
import { type InitializerSketch, type NodeSketch, onnxModel } from "../support/onnx-model.js";
import { folderOf, serveFolder } from "../support/service.js";

const cores = availableParallelism();
const channels = 128;
const side = 48;
const layers = 8;

/** Convolutions that keep the size of what they are given. */
function network(): Buffer {
  const shape = [channels, channels, 3, 3];
  const size = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length: size }, (_, index) => (((index * 7919) % 1000) / 1000 - 0.5) * 0.1);
  const initializers: InitializerSketch[] = [];
  const nodes: NodeSketch[] = [];
  for (let layer = 0; layer < layers; layer++) {
    initializers.push({ name: `w${layer}`, type: `float32[${shape.join(", ")}]`, data: new Uint8Array(data.buffer) });
    nodes.push({
      operator: "Conv",
      inputs: [layer === 0 ? "x" : `r${layer - 1}`, `w${layer}`],
      outputs: [`c${layer}`],
    });
    nodes.push({ operator: "Relu", inputs: [`c${layer}`], outputs: [`r${layer}`] });
  }
  nodes.push({ operator: "GlobalAveragePool", inputs: [`r${layers - 1}`], outputs: ["y"] });
  return onnxModel({
    inputs: { x: `float32[batch, ${channels}, ${side}, ${side}]` },
    outputs: { y: `float32[batch, ${channels}, 1, 1]` },
    initializers,
    nodes,
  });
}

const folder = folderOf({
  "m.onnx": network(),
  "bentofile.yaml": `service: laid-out
models: { net: m.onnx }
graphs:
  ask:
    inputs: { x: { type: "float32[${channels}, ${side}, ${side}]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /ask, graph: ask }]
`,
});

const images = [0.5, 1, 2].map((value) => new Float32Array(channels * side * side).fill(value));

async function answer({ url }: Service, image: Float32Array<ArrayBuffer> | undefined): Promise<readonly number[]> {
  const headers = { "content-type": "application/octet-stream", accept: "application/json" };
  const response = await fetch(`${url}/ask`, { method: "POST", headers, body: image ?? null });
  expect(response.status).toBe(200);
  const { y } = (await response.json()) as { readonly y: readonly number[] };
  return y.flat(3);
}

async function layoutOf({ url }: Service): Promise<object> {
  const { models } = (await (await fetch(`${url}/version`)).json()) as { readonly models: { readonly net: object } };
  return models.net;
}

const whereSeveral = cores > 1 ? test : test.skip;

whereSeveral(
  "its threads go apart under load and come together for one caller, and every answer is right",
  async () => {
    const events = recordEvents();
    const service = await serveFolder(folder, { listeners: [events.listener] });
    try {
      const expected = await Promise.all(images.map((image) => answer(service, image)));
      const changed = async (callers: number): Promise<void> => {
        let isOver = false;
        const change = events.next("threads-changed", "threads-kept").then(() => {
          isOver = true;
        });
        const call = async (_: unknown, at: number): Promise<void> => {
          while (!isOver) {
            const which = at % images.length;
            const values = await answer(service, images[which]);
            for (const [index, value] of values.entries())
              expect(value).toBeCloseTo(expected[which]?.[index] ?? Number.NaN, 4);
          }
        };
        await Promise.all([change, ...Array.from({ length: callers }, call)]);
      };
      expect(await layoutOf(service)).toMatchObject({ instances: 1, intraOpThreads: cores });
      await changed(2 * cores);
      expect(await layoutOf(service)).toMatchObject({ instances: cores, intraOpThreads: 1 });
      await changed(1);
      expect(await layoutOf(service)).toMatchObject({ instances: 1, intraOpThreads: cores });
      const changes = events.all.filter(({ kind }) => kind === "threads-changed");
      expect(changes).toMatchObject([
        { why: "load", instances: cores },
        { why: "load", instances: 1 },
      ]);
    } finally {
      await service.close();
    }
  },
);
