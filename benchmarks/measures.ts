/** The measures of the table: each a ratio against something bare in the same run. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { measureCheck } from "./check-speed.js";
import { type LoadCase, load } from "./load.js";
import { cnnInput, cnnModel, tinyModel } from "./models.js";
import { median, output, residentMb, startServer } from "./process.js";
import { measureReload } from "./reload.js";

export interface Row {
  readonly measure: string;
  readonly wanted: string;
  readonly measured: string;
  readonly ok: boolean;
  readonly details: string;
}

export type Measure = { readonly name: string; readonly run: () => Promise<readonly Row[]> };

const root = join(__dirname, "..", "..");
const cli = join(root, "dist", "cli", "main.js");
const bare = (name: string): string => join(__dirname, "bare", `${name}.js`);
const quiet = ["--set", "observability.logging.access=false", "--set", "observability.logging.level=error"];

function service(name: string, model: Buffer, spec: string): { readonly folder: string; readonly model: string } {
  const folder = join(mkdtempSync(join(tmpdir(), "ekiben-bench-")), name);
  mkdirSync(folder);
  writeFileSync(join(folder, "model.onnx"), model);
  writeFileSync(join(folder, "bentofile.yaml"), spec);
  return { folder, model: join(folder, "model.onnx") };
}

const post = (port: number, path: string, contentType: string, body: Buffer): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: new Uint8Array(body),
  });

async function tinyRate(): Promise<readonly Row[]> {
  const { folder, model } = service(
    "tiny",
    tinyModel(),
    `service: tiny
models: { net: { source: model.onnx, batching: { max_batch_size: 64 } } }
graphs:
  predict:
    inputs: { x: { type: "float32[4]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
endpoints: [{ path: /predict, graph: predict }]
`,
  );
  const body = Buffer.from(JSON.stringify({ x: [5.1, 3.5, 1.4, 0.2] }));
  const first = (port: number): Promise<Response> => post(port, "/predict", "application/json", body);
  const ours = await startServer((port) => [cli, "serve", folder, "--port", String(port), ...quiet], first);
  const theirs = await startServer((port) => [bare("server"), model, String(port)], first);
  const loadCase = (port: number): LoadCase => ({
    url: `http://127.0.0.1:${port}/predict`,
    contentType: "application/json",
    body,
    connections: 64,
    seconds: 4,
  });
  const rounds: { ours: number; theirs: number; oursCpu: number; theirsCpu: number; failed: number }[] = [];
  for (let round = 0; round < 5; round++) {
    const a = await load(ours.pid, loadCase(ours.port));
    const b = await load(theirs.pid, loadCase(theirs.port));
    if (round > 0)
      rounds.push({
        ours: a.requestsPerS,
        theirs: b.requestsPerS,
        oursCpu: a.cpuMicrosPerRequest,
        theirsCpu: b.cpuMicrosPerRequest,
        failed: a.failed,
      });
  }
  await Promise.all([ours.stop(), theirs.stop()]);
  const ratio = median(rounds.map((round) => round.ours / round.theirs));
  const of = (key: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[key]));
  return [
    {
      measure: "requests/s, tiny model, 64 connections",
      wanted: "≥ 2.00 × bare Express",
      measured: `${ratio.toFixed(2)} ×`,
      ok: ratio >= 2,
      details: `${of("ours").toFixed(0)}/s at ${of("oursCpu").toFixed(0)} µs CPU, bare ${of("theirs").toFixed(0)}/s at ${of("theirsCpu").toFixed(0)} µs; failed ${of("failed")}`,
    },
  ];
}

/** As a spec says nothing of instances: one with all threads; and with an instance a core, which throughput wants. */
async function cnnRate(): Promise<readonly Row[]> {
  return [...(await cnnRateOf(1)), ...(await cnnRateOf(availableParallelism()))];
}

async function cnnRateOf(instances: number): Promise<readonly Row[]> {
  const { channels, height, width } = cnnInput;
  const { folder, model } = service(
    "cnn",
    cnnModel(),
    `service: cnn
models: { net: { source: model.onnx, instances: ${instances} } }
graphs:
  features:
    inputs: { image: { type: "float32[${channels}, ${height}, ${width}]" } }
    steps: [{ id: out, use: net, with: { image: $image } }]
    outputs: { features: $out.features }
endpoints: [{ path: /features, graph: features }]
`,
  );
  const pixels = new Float32Array(channels * height * width).fill(0.5);
  const body = Buffer.from(pixels.buffer);
  const type = "application/octet-stream";
  const ours = await startServer(
    (port) => [cli, "serve", folder, "--port", String(port), ...quiet],
    (port) => post(port, "/features", type, body),
  );
  const threads = availableParallelism();
  const ratios: number[] = [];
  const rates: { ours: number; loop: number; cpu: number }[] = [];
  for (let round = 0; round < 4; round++) {
    const a = await load(ours.pid, {
      url: `http://127.0.0.1:${ours.port}/features`,
      contentType: type,
      body,
      connections: 4,
      seconds: 6,
    });
    const loop = Number(await output([bare("loop"), model, String(threads), "6"]));
    if (round === 0) continue;
    ratios.push(a.requestsPerS / loop);
    rates.push({ ours: a.requestsPerS, loop, cpu: a.cpuMicrosPerRequest });
  }
  await ours.stop();
  const ratio = median(ratios);
  const loop = median(rates.map((rate) => rate.loop));
  return [
    {
      measure: `requests/s, CNN of ${(1000 / loop).toFixed(0)} ms, octet-stream, ${instances} instance${instances === 1 ? "" : "s"}`,
      wanted: "≥ 0.95 × onnxruntime in a loop",
      measured: `${ratio.toFixed(2)} ×`,
      ok: ratio >= 0.95,
      details: `${median(rates.map((rate) => rate.ours)).toFixed(1)}/s at ${(median(rates.map((rate) => rate.cpu)) / 1000).toFixed(1)} ms CPU, loop ${loop.toFixed(1)}/s, ${threads} threads each`,
    },
  ];
}

const encoder = join(root, "examples", "summarization");

async function startAndMemory(): Promise<readonly Row[]> {
  const model = join(encoder, "models", "all-MiniLM-L6-v2.onnx");
  const call = Buffer.from(JSON.stringify({ text: "The harbour froze. Ships waited.", sentences: 1 }));
  const starts: { ours: number; theirs: number }[] = [];
  const memory: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < 6; round++) {
    const ours = await startServer(
      (port) => [cli, "serve", encoder, "--port", String(port), ...quiet],
      (port) => post(port, "/summarize", "application/json", call),
    );
    const theirs = await startServer(
      (port) => [bare("start"), model, String(port)],
      (port) => post(port, "/answer", "application/json", Buffer.from("{}")),
    );
    for (let n = 0; n < 50; n++) {
      await (await post(ours.port, "/summarize", "application/json", call)).arrayBuffer();
      await (await post(theirs.port, "/answer", "application/json", Buffer.from("{}"))).arrayBuffer();
    }
    memory.push({ ours: residentMb(ours.pid), theirs: residentMb(theirs.pid) });
    starts.push({ ours: ours.firstAnswerMs, theirs: theirs.firstAnswerMs });
    await Promise.all([ours.stop(), theirs.stop()]);
  }
  starts.shift();
  const ratio = median(starts.map(({ ours, theirs }) => ours / theirs));
  const size = median(memory.map(({ ours, theirs }) => ours / theirs));
  return [
    {
      measure: "start to first answer, sentence encoder",
      wanted: "≤ 1.50 × bare script",
      measured: `${ratio.toFixed(2)} ×`,
      ok: ratio <= 1.5,
      details: `${median(starts.map(({ ours }) => ours)).toFixed(0)} ms, bare ${median(starts.map(({ theirs }) => theirs)).toFixed(0)} ms`,
    },
    {
      measure: "memory after 50 calls, sentence encoder",
      wanted: "≤ 1.30 × bare script with the model",
      measured: `${size.toFixed(2)} ×`,
      ok: size <= 1.3,
      details: `${median(memory.map(({ ours }) => ours)).toFixed(0)} MB, bare ${median(memory.map(({ theirs }) => theirs)).toFixed(0)} MB`,
    },
  ];
}

async function check(): Promise<readonly Row[]> {
  const { nodeMs, checkMs } = measureCheck();
  const beyond = checkMs - nodeMs;
  return [
    {
      measure: "check of 100 models and 1,000 steps",
      wanted: "≤ 500 ms beyond Node's start",
      measured: `${beyond.toFixed(0)} ms`,
      ok: beyond <= 500,
      details: `${checkMs.toFixed(0)} ms, Node alone ${nodeMs.toFixed(0)} ms`,
    },
  ];
}

async function reload(): Promise<readonly Row[]> {
  const { medianMs, worstMs, failed } = await measureReload();
  return [
    {
      measure: "reload of a label, from save to served",
      wanted: "≤ 100 ms, no request failed",
      measured: `${medianMs.toFixed(0)} ms`,
      ok: medianMs <= 100 && failed === 0,
      details: `worst ${worstMs.toFixed(0)} ms of 20; failed ${failed}`,
    },
  ];
}

export const measures: readonly Measure[] = [
  { name: "tiny", run: tinyRate },
  { name: "cnn", run: cnnRate },
  { name: "start", run: startAndMemory },
  { name: "check", run: check },
  { name: "reload", run: reload },
];
