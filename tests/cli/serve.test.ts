/** `ekiben serve` as it runs in production: JSON logs, and an end that loses nothing it accepted. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, listening, startCommand } from "../support/command.js";
import { call, connected, readUntil } from "../support/http.js";
import { kitchen, kitchenFiles } from "../support/kitchen.js";
import { inRepository } from "../support/paths.js";
import { folderOf } from "../support/service.js";
import { scaled } from "../support/version-models.js";

const onLinux = process.platform === "linux" ? test : test.skip;
const running: Command[] = [];
afterEach(async () => {
  for (const command of running.splice(0)) {
    command.process.kill("SIGKILL");
    await command.ended;
  }
});

function serve(...args: readonly string[]): Command {
  const command = startCommand(["serve", ...args, "--port", "0", "--host", "127.0.0.1"]);
  running.push(command);
  return command;
}

const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

test("logs lines of JSON: one an access, with id, route, status and time", async () => {
  const command = serve(inRepository("examples", "iris"));
  const url = await listening(command);
  await call(`${url}/classify?secret=1`, { body: setosa, headers: { "x-request-id": "r-1" } });
  await command.said(/"id":"r-1"/);
  const lines = command
    .stderr()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.find((line) => line.id === "r-1")).toEqual({
    id: "r-1",
    method: "POST",
    route: "/classify",
    status: 200,
    ms: expect.any(Number),
    generation: 1,
    level: "info",
    message: "POST /classify 200",
    timestamp: expect.any(String),
  });
  expect(command.stderr()).not.toContain("secret");
});

test("stopped under load it answers all that it accepted, takes no more, and is 143", async () => {
  const command = serve(inRepository("examples", "iris"), "--set", "observability.logging.access=false");
  const url = await listening(command);
  const agent = new Agent({ keepAlive: true });
  const seen: (number | string)[] = [];
  const ask = async (): Promise<void> => {
    for (;;) {
      try {
        seen.push((await call(`${url}/classify`, { body: setosa, agent })).status);
      } catch (error) {
        seen.push(String(Reflect.get(Object(error), "code")));
        return;
      }
    }
  };
  const connections = Array.from({ length: 8 }, ask);
  while (seen.length < 200) await new Promise(setImmediate);
  command.process.kill("SIGTERM");
  await Promise.all(connections);
  expect(await command.ended).toBe(143);
  expect(new Set(seen)).toEqual(new Set([200, "ECONNREFUSED"]));
});

test("a request that is being answered when the word comes is answered", async () => {
  const folder = folderOf({ "bentofile.yaml": kitchen.replace("60000", "600"), ...kitchenFiles });
  const command = serve(folder, "--set", "observability.logging.access=false");
  const url = await listening(command);
  const answer = call(`${url}/wait`, { body: { row: [5.1, 3.5, 1.4, 0.2] } });
  while (!(await call(`${url}/metrics`)).text.includes('ekiben_queue_length{model="slow",version="1"} 1'));
  command.process.kill("SIGINT");
  const { status, headers } = await answer;
  expect([status, headers.connection]).toEqual([200, "close"]);
  expect(await command.ended).toBe(130);
});

describe("a process that stands still for a while, and is told to end", () => {
  const body = JSON.stringify(setosa);
  const request = `POST /classify HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  /** Once it has answered, it hears signals too. */
  async function serving() {
    const command = serve(inRepository("examples", "iris"));
    const url = await listening(command);
    await call(`${url}/classify`, { body: setosa });
    return { command, url };
  }

  /** Sends a request on each; resolves with the first lines of the answers. */
  async function ask(connections: readonly Socket[]): Promise<() => Promise<readonly string[]>> {
    const answers = connections.map((socket) => readUntil(socket, /\r\n\r\n/));
    await Promise.all(connections.map((socket) => new Promise((resolve) => socket.write(request, resolve))));
    return async () => (await Promise.all(answers)).map((answer) => answer.slice(0, answer.indexOf("\r\n")));
  }

  const manyTo = (url: string) => Promise.all(Array.from({ length: 40 }, () => connected(Number(new URL(url).port))));
  const allAnswered = Array(40).fill("HTTP/1.1 200 OK");

  onLinux("answers requests of before whose connections it had not accepted yet", async () => {
    const { command, url } = await serving();
    command.process.kill("SIGSTOP");
    const answers = await ask(await manyTo(url));
    command.process.kill("SIGTERM");
    command.process.kill("SIGCONT");
    expect(await answers()).toEqual(allAnswered);
    expect(await command.ended).toBe(143);
  });

  onLinux("answers requests that came while it lingered and stood still", async () => {
    const { command, url } = await serving();
    const connections = await manyTo(url);
    command.process.kill("SIGTERM");
    await command.said(/finishing what was accepted/);
    command.process.kill("SIGSTOP");
    const answers = await ask(connections);
    await sleep(400);
    command.process.kill("SIGCONT");
    expect(await answers()).toEqual(allAnswered);
    expect(await command.ended).toBe(143);
  });

  onLinux("ends soon although callers keep connecting", async () => {
    const { command, url } = await serving();
    const port = Number(new URL(url).port);
    let isOver = false;
    const sockets: Socket[] = [];
    const keepConnecting = async (): Promise<void> => {
      while (!isOver) {
        const socket = await connected(port).catch(() => undefined);
        if (socket !== undefined) sockets.push(socket.on("error", () => {}));
      }
    };
    const callers = Array.from({ length: 8 }, keepConnecting);
    command.process.kill("SIGTERM");
    expect(await command.ended).toBe(143);
    isOver = true;
    await Promise.all(callers);
    // One that was made in the moment of the end would never hear of it.
    for (const socket of sockets) socket.destroy();
  });
});

test("with --watch it follows changes, and logs what cannot be served", async () => {
  const folder = folderOf({
    "bentofile.yaml": inRepository("examples", "iris", "bentofile.yaml"),
    models: inRepository("examples", "iris", "models"),
  });
  const command = serve(folder, "--watch");
  const url = await listening(command);
  const spec = join(folder, "bentofile.yaml");
  const text = readFileSync(spec, "utf8");
  writeFileSync(spec, text.replaceAll("virginica", "other"));
  await command.said(/generation 2 is live/);
  writeFileSync(spec, text.replaceAll("virginica", "other").replace("k: 3", "k: three"));
  await command.said(/this cannot be served; what was live stays live/);
  const { json } = await call(`${url}/classify`, { body: setosa });
  expect(json).toMatchObject({ species: "setosa", candidates: [{}, {}, { label: "other" }] });
});

const scorers = `
service: scorers
models: { scorer: models/scorer, plain: models/plain.onnx }
graphs:
  score:
    inputs: { x: { type: "float32[2]" } }
    steps:
      - { id: scores, use: scorer, with: { x: $x } }
      - { id: same, use: plain, with: { x: $x } }
    outputs: { y: $scores.y, same: $same.y }
endpoints: [{ path: /score, graph: score }]
`;

test("without --watch it takes new versions, and nothing else", async () => {
  const folder = folderOf({
    "bentofile.yaml": scorers,
    "models/plain.onnx": scaled(1),
    "models/scorer/2/model.onnx": scaled(2),
  });
  const command = serve(folder);
  const url = await listening(command);
  const answer = async () => (await call(`${url}/score`, { body: { x: [1, 1] } })).json;
  expect(await answer()).toEqual({ y: [2, 2], same: [1, 1] });
  // Edits of the spec, broken ones too, count from the next start on.
  writeFileSync(join(folder, "bentofile.yaml"), scorers.replace("$same.y", "$nothing"));
  const put = (version: number): void => {
    mkdirSync(join(folder, `${version}`));
    writeFileSync(join(folder, `${version}/model.onnx`), scaled(version));
    renameSync(join(folder, `${version}`), join(folder, "models/scorer", `${version}`));
  };
  put(3);
  await command.said(/generation 2 is live/);
  expect(await answer()).toEqual({ y: [3, 3], same: [1, 1] });
  writeFileSync(join(folder, "models/plain.onnx"), scaled(9));
  put(4);
  await command.said(/models\/plain\.onnx\\" changed after the start, and only versions are followed/);
  expect(await answer()).toEqual({ y: [3, 3], same: [1, 1] });
  writeFileSync(join(folder, "models/plain.onnx"), scaled(1));
  rmSync(join(folder, "models/scorer/3"), { recursive: true });
  await command.said(/generation 3 is live/);
  expect(await answer()).toEqual({ y: [4, 4], same: [1, 1] });
  command.process.kill("SIGTERM");
  expect(await command.ended).toBe(143);
});

test("says where it listens also when the log would not", async () => {
  const command = serve(inRepository("examples", "iris"), "--set", "observability.logging.level=error");
  expect(await listening(command)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test("goes on when nobody reads its log any more", async () => {
  const command = serve(inRepository("examples", "iris"));
  const url = await listening(command);
  command.process.stdout?.destroy();
  command.process.stderr?.destroy();
  for (let asked = 0; asked < 5; asked++) expect((await call(`${url}/classify`, { body: setosa })).status).toBe(200);
  command.process.kill("SIGTERM");
  expect(await command.ended).toBe(143);
});

test("a port in use is a sentence", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { readonly port: number };
  const command = startCommand([
    "serve",
    inRepository("examples", "iris"),
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
  ]);
  expect(await command.ended).toBe(3);
  expect(command.stderr()).toContain(
    `error: the port is in use: 127.0.0.1:${port}\nhelp: choose another with --port, or 0 for a free one`,
  );
  other.close();
});
