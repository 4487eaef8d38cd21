/**
 * A service under everything at once, for as long as one likes: steady calls of all kinds, callers that leave, and edits of
 * all kinds to its files. Tells what failed, and what the process held over time.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as send } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { identityModel, onnxModel } from "./onnx-model.js";
import { inRepository } from "./paths.js";
import { folderOf } from "./service.js";

/** What the process held at a moment. */
export interface Sample {
  readonly atS: number;
  readonly residentMb: number;
  readonly threads: number;
  readonly handles: number;
}

export interface SoakReport {
  readonly answered: number;
  /** Of callers that left before their answer. */
  readonly left: number;
  /** Statuses that nobody should have got, by their number. */
  readonly failed: ReadonlyMap<string, number>;
  readonly reloads: number;
  readonly samples: readonly Sample[];
}

export interface SoakOptions {
  /** Ends it: told of reloads and seconds so far. */
  readonly isOver: (reloads: number, seconds: number) => boolean;
  readonly onSample?: (sample: Sample, report: Pick<SoakReport, "answered" | "reloads">) => void;
}

type End = "deployed" | "failed";
type Edit = (folder: string, number: number) => void;

const same = onnxModel(identityModel("float32[batch, 2]"));
const negated = onnxModel({
  ...identityModel("float32[batch, 2]"),
  nodes: [{ operator: "Neg", inputs: ["x"], outputs: ["y"] }],
});

/** Models on the main thread, in a process and in a thread; one more comes and goes. */
function spec(number: number, step = "net"): string {
  return `service: soak
labels: { number: "${number}" }
models:
  net:
    source: net
    version_policy: all
    traffic: { "1": ${(number * 7) % 101} }
    batching: { max_batch_size: ${8 + (number % 3)} }
    queue: { priorities: 2 }
  apart: { source: apart.onnx, isolation: process, batching: { max_batch_size: 4 } }
  threaded: { source: threaded.onnx }
${number % 4 === 1 ? "  guest: { source: threaded.onnx }" : ""}
graphs:
  run:
    inputs: { x: { type: "float32[2]" } }
    steps:
      - { id: first, use: ${step}, with: { x: $x } }
      - { id: second, use: apart, with: { x: $first.y } }
      - { id: third, use: threaded, with: { x: $second.y } }
    outputs: { y: $third.y }
endpoints: [{ path: /run, graph: run }]
observability: { logging: { level: info, format: json, access: false } }
`;
}

const write =
  (name: string, contents: Buffer | string): Edit =>
  (folder) =>
    writeFileSync(join(folder, name), contents);
const saveSpec: Edit = (folder, number) => writeFileSync(join(folder, "bentofile.yaml"), spec(number));

/** Each leaves the service as the next expects it. */
const edits: readonly (readonly [End, Edit])[] = [
  ["deployed", saveSpec],
  ["deployed", write("apart.onnx", negated)],
  ["deployed", write("threaded.onnx", negated)],
  ["deployed", write("net/2/model.onnx", negated)],
  ["failed", (folder, number) => writeFileSync(join(folder, "bentofile.yaml"), spec(number, "nett"))],
  ["deployed", saveSpec],
  ["failed", (folder, number) => writeFileSync(join(folder, "apart.onnx"), `no model ${number}`)],
  ["deployed", write("apart.onnx", same)],
  [
    "deployed",
    (folder) => {
      mkdirSync(join(folder, "net", "3"));
      writeFileSync(join(folder, "net", "3", "model.onnx"), same);
    },
  ],
  ["deployed", (folder) => rmSync(join(folder, "net", "3"), { recursive: true })],
  ["deployed", write("net/2/model.onnx", same)],
  ["deployed", write("threaded.onnx", same)],
];

export async function soak({ isOver, onSample }: SoakOptions): Promise<SoakReport> {
  const folder = folderOf({
    "bentofile.yaml": spec(0),
    "net/1/model.onnx": same,
    "net/2/model.onnx": same,
    "apart.onnx": same,
    "threaded.onnx": same,
  });
  const server = await startServer(folder);
  const samples: Sample[] = [];
  const load = startLoad(server.url);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  let reloads = 0;
  try {
    while (!isOver(reloads, seconds())) {
      const [end, edit] = edits[reloads % edits.length] ?? ["deployed", saveSpec];
      const ended = server.nextReload(end);
      edit(folder, reloads + 1);
      await ended;
      reloads++;
      if (reloads % edits.length !== 0) continue;
      const sample = { atS: seconds(), ...heldBy(server.pid) };
      samples.push(sample);
      onSample?.(sample, { answered: load.answered(), reloads });
    }
  } finally {
    await load.stop();
    await server.stop();
  }
  return { answered: load.answered(), left: load.left(), failed: load.failed, reloads, samples };
}

/** One that takes longer never comes. */
const longestReloadMs = 60_000;

interface Server {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the next reload that ends so: a file that is seen half-written fails first. */
  nextReload(end: End): Promise<void>;
  stop(): Promise<void>;
}

async function startServer(folder: string): Promise<Server> {
  const cli = inRepository("dist", "cli", "main.js");
  const child = spawn(process.execPath, [cli, "serve", folder, "--watch", "--port", "0", "--host", "127.0.0.1"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: string[] = [];
  let onEnd: (end: End) => void = () => {};
  let onListening: (url: string) => void = () => {};
  const listening = new Promise<string>((resolve) => {
    onListening = resolve;
  });
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    if (said.length > 100) said.shift();
    const url = /listening on (http:[^\s",]+)/.exec(line)?.[1];
    if (url !== undefined) onListening(url);
    if (/generation \d+ is live/.test(line)) onEnd("deployed");
    if (line.includes("this cannot be served")) onEnd("failed");
  });
  const exited = new Promise<never>((_, reject) => {
    child.once("exit", (code, signal) =>
      reject(new Error(`the server ended (${code ?? signal}):\n${said.join("\n")}`)),
    );
  });
  exited.catch(() => {});
  return {
    url: await Promise.race([listening, exited]),
    pid: child.pid ?? 0,
    nextReload: (end) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no reload was ${end}:\n${said.join("\n")}`)), longestReloadMs);
        exited.catch(reject);
        onEnd = (found) => {
          if (found !== end) return;
          clearTimeout(timer);
          resolve();
        };
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function heldBy(pid: number): Omit<Sample, "atS"> {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
    handles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

interface Load {
  answered(): number;
  left(): number;
  readonly failed: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** What is sent, and the status that it must get. */
const calls: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['{"x":[1,2]}', {}, 200],
  ['{"x":[3,4]}', { "x-ekiben-priority": "1", "x-ekiben-explain": "1" }, 200],
  ['{"x":[5,6]}', { "x-ekiben-deadline-ms": "30000" }, 200],
  ['{"x":[1]}', {}, 422],
  ['{"x":', {}, 400],
];
const clients = 4;
/** Of so many calls, one's caller leaves at once. */
const leavesEvery = 17;

function startLoad(url: string): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients * 2 });
  const failed = new Map<string, number>();
  let [answered, left, isOver] = [0, 0, false];
  const client = async (number: number): Promise<void> => {
    for (let index = number; !isOver; index++) {
      const [body, headers, expected] = calls[index % calls.length] ?? ["", {}, 0];
      const leaves = index % leavesEvery === 0;
      const status = await callOnce(url, agent, body, headers, leaves);
      if (leaves) left++;
      else if (status === String(expected)) answered++;
      else failed.set(status, (failed.get(status) ?? 0) + 1);
    }
  };
  const running = Array.from({ length: clients }, (_, number) => client(number));
  return {
    answered: () => answered,
    left: () => left,
    failed,
    stop: async () => {
      isOver = true;
      await Promise.all(running);
      agent.destroy();
    },
  };
}

function callOnce(
  url: string,
  agent: Agent,
  body: string,
  headers: Readonly<Record<string, string>>,
  leaves: boolean,
): Promise<string> {
  return new Promise((resolve) => {
    const request = send(`${url}/run`, {
      method: "POST",
      agent,
      headers: { "content-type": "application/json", ...headers },
    });
    request.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(String(response.statusCode)));
      response.on("error", () => resolve("cut off"));
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.end(body, () => {
      if (leaves) setImmediate(() => request.destroy());
    });
  });
}
