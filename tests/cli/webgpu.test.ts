/** WebGPU for real, on whatever driver there is: a GPU's, or one in software. Without any these are skipped. */
import { execFileSync } from "node:child_process";
import { request as send } from "node:http";
import { listening, startChild } from "../support/child.js";
import { cliFile } from "../support/command.js";
import { softwareGpu } from "../support/gpu.js";
import { inRepository } from "../support/paths.js";
import { folderOf } from "../support/service.js";

const env = softwareGpu();
const cli = (...words: readonly string[]) => startChild([cliFile, ...words], { env });

function hasWebGpu(): boolean {
  const report = execFileSync(process.execPath, [cliFile, "doctor", "--json"], { env: { ...process.env, ...env } });
  const { devices } = JSON.parse(report.toString()) as { devices: { device: string; works: boolean }[] };
  return devices.some(({ device, works }) => device === "webgpu" && works);
}

const testOnGpu = hasWebGpu() ? test : test.skip;

testOnGpu(
  "a classifier of pictures answers its examples",
  async () => {
    const tested = cli("test", inRepository("examples", "digits"), "--set", 'models.reader.devices=["webgpu"]');
    expect([await tested.ended, tested.stderr()]).toEqual([0, expect.stringContaining("10 of 10 examples")]);
  },
  180_000,
);

testOnGpu(
  "two models and many callers share one thread, and an instance of a process has a GPU of its own",
  async () => {
    const folder = folderOf({
      "digits.onnx": inRepository("examples", "digits", "models", "reader.onnx"),
      "bentofile.yaml": `service: two
models:
  a: { source: digits.onnx, devices: [webgpu], instances: 2, batching: { max_batch_size: 4 } }
  b: { source: digits.onnx, devices: [webgpu, cpu] }
  c: { source: digits.onnx, devices: [webgpu], isolation: process }
  cpu: digits.onnx
graphs:
  all:
    inputs: { pixels: { type: "float32[1, 8, 8]" } }
    steps:
      - { id: a1, use: a, with: { pixels: $pixels } }
      - { id: b1, use: b, with: { pixels: $pixels } }
      - { id: c1, use: c, with: { pixels: $pixels } }
      - { id: cpu1, use: cpu, with: { pixels: $pixels } }
    outputs: { a: $a1.logits, b: $b1.logits, c: $c1.logits, cpu: $cpu1.logits }
endpoints: [{ path: /all, graph: all }]
`,
    });
    const server = cli("serve", folder, "--port", "0", "--host", "127.0.0.1");
    const url = await listening(server);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, number) => ask(`${url}/all`, number)));
    for (const { a, b, c, cpu } of answers)
      for (const found of [a, b, c])
        for (const [at, value] of found.entries()) expect(Math.abs(value - (cpu[at] ?? 0))).toBeLessThan(1e-3);
    server.process.kill("SIGTERM");
    expect(await server.ended).toBe(143);
  },
);

interface Logits {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly c: readonly number[];
  readonly cpu: readonly number[];
}

function ask(url: string, number: number): Promise<Logits> {
  const row = (y: number): number[] => Array.from({ length: 8 }, (_, x) => (x * 3 + y * 5 + number) % 17);
  const body = JSON.stringify({ pixels: [Array.from({ length: 8 }, (_, y) => row(y))] });
  return new Promise((resolve, reject) => {
    const request = send(url, { method: "POST", headers: { "content-type": "application/json" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Logits));
    });
    request.on("error", reject);
    request.end(body);
  });
}
