/** Services with one instance of a model of 80 MB and with several, on a compile cache of their own. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heavyInput, heavyModel } from "./models.js";
import { output, type Running, startServer } from "./process.js";
import { bareScript, type Call, post, writeService } from "./service.js";

export const manyInstances = 4;

const spec = (instances: number): string => `service: heavy
models: { net: { source: model.onnx, instances: ${instances}, session: { intra_op_threads: 1 } } }
graphs:
  predict:
    inputs: { x: { type: "float32[${heavyInput}]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /predict, graph: predict }]
`;

const call: Call = {
  path: "/predict",
  contentType: "application/octet-stream",
  body: Buffer.from(new Float32Array(heavyInput).fill(0.5).buffer),
};

export interface Folders {
  readonly one: string;
  readonly many: string;
}

export function writeBoth(): Folders {
  const model = heavyModel();
  return {
    one: writeService("one", model, spec(1)).folder,
    many: writeService("many", model, spec(manyInstances)).folder,
  };
}

/** Nothing is in it. */
export function newCache(): string {
  return mkdtempSync(join(tmpdir(), "ekiben-bench-cache-"));
}

/** Milliseconds that opening its models takes. */
export async function openMs(folder: string, cache: string): Promise<number> {
  return Number(
    await output([bareScript("instances"), "open", folder, String(manyInstances)], { EKIBEN_CACHE: cache }),
  );
}

/** Served, and each instance used. */
export async function serveUsed(folder: string, cache: string): Promise<Running> {
  const server = await startServer(
    (port) => [bareScript("instances"), "serve", folder, String(manyInstances), String(port)],
    (port) => post(port, call),
    { EKIBEN_CACHE: cache },
  );
  for (let round = 0; round < 8; round++)
    await Promise.all(
      Array.from({ length: 2 * manyInstances }, async () => (await post(server.port, call)).arrayBuffer()),
    );
  return server;
}

export async function instancesOf({ port }: Running): Promise<number> {
  const page = await fetch(`http://127.0.0.1:${port}/version`);
  const { models } = (await page.json()) as { readonly models: { readonly net: { readonly instances: number } } };
  return models.net.instances;
}
