/** Load on real servers that hold answers back; what is asserted holds however slow the machine is. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type BenchCall, Client } from "../../../cli/bench/client.js";
import { type Drive, drive, type Load } from "../../../cli/bench/load.js";
import { systemClock } from "../../../runtime/engine/clock.js";

const servers: Server[] = [];
const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (index: number, response: ServerResponse, path: string) => void;

/** A server that is told how many requests came before each one. */
async function serve(handler: Handler, connections = 100): Promise<Client> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    handler(count++, response, request.url ?? "");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new Client(new URL(`http://127.0.0.1:${port}`), { connections, timeoutMs: 60_000 });
  clients.push(client);
  return client;
}

const call = (path: string): BenchCall => ({ name: path, method: "POST", path, headers: {}, body: Buffer.from("{}") });

function run(client: Client, load: Load, requests: number, more: Partial<Drive> = {}) {
  const { signal } = new AbortController();
  const limits = { ms: Number.POSITIVE_INFINITY, requests };
  return drive({ client, calls: [call("/a")], load, limits, clock: systemClock, random: () => 0.5, signal, ...more });
}

test("a closed loop sends so many requests, the calls in turn, no more at once than it has callers", async () => {
  const seen = new Map<string, number>();
  let [open, most] = [0, 0];
  const client = await serve((_index, response, path) => {
    seen.set(path, (seen.get(path) ?? 0) + 1);
    most = Math.max(most, ++open);
    setImmediate(() => {
      open--;
      response.end("{}");
    });
  });
  const calls = [call("/a"), call("/b"), call("/c")];
  const { tally } = await run(client, { kind: "closed", concurrency: 4 }, 90, { calls });
  expect(Object.fromEntries(seen)).toEqual({ "/a": 30, "/b": 30, "/c": 30 });
  expect(most).toBeLessThanOrEqual(4);
  expect([tally.requests, tally.succeeded, tally.sentBytes, tally.receivedBytes]).toEqual([90, 90, 180, 180]);
});

test("an open loop goes on asking while the server answers nobody", async () => {
  // Answers only once 30 wait: whoever waits for an answer before the next request waits for ever.
  const waiting: ServerResponse[] = [];
  const client = await serve((_index, response) => {
    waiting.push(response);
    if (waiting.length === 30) for (const each of waiting.splice(0)) each.end("{}");
  });
  const { tally } = await run(client, { kind: "open", ratePerS: 1000, arrivals: "constant" }, 60);
  expect(tally.succeeded).toBe(60);
});

test("a stall is felt by every request that was due in it, sent or not", async () => {
  const [gapMs, stallMs, feltMs] = [5, 300, 150];
  // One connection: what is due meanwhile cannot even be sent.
  const client = await serve((index, response) => {
    if (index === 10) setTimeout(() => response.end("{}"), stallMs);
    else response.end("{}");
  }, 1);
  const { tally } = await run(client, { kind: "open", ratePerS: 1000 / gapMs, arrivals: "constant" }, 100);
  const felt = tally.latency.between([feltMs, Number.MAX_VALUE])[0] ?? 0;
  // Request 10 and those due up to half the stall after it.
  expect(felt).toBeGreaterThanOrEqual((stallMs - feltMs) / gapMs);
  expect(tally.succeeded).toBe(100);
});

test("refusals and lost connections are counted by what they are, and are no latencies", async () => {
  const client = await serve((index, response) => {
    if (index % 3 === 1) response.writeHead(429).end();
    else if (index % 3 === 2) response.destroy();
    else response.end("{}");
  });
  const { tally } = await run(client, { kind: "closed", concurrency: 1 }, 9);
  expect(Object.fromEntries(tally.statuses)).toEqual({ 200: 3, 429: 3 });
  expect(Object.fromEntries(tally.errors)).toEqual({ ECONNRESET: 3 });
  expect([tally.latency.count, tally.failed]).toEqual([3, 6]);
});

test("a run that is called off ends", async () => {
  const stop = new AbortController();
  const client = await serve((index, response) => {
    if (index === 5) stop.abort();
    response.end("{}");
  });
  const { tally } = await run(client, { kind: "closed", concurrency: 1 }, Number.POSITIVE_INFINITY, {
    signal: stop.signal,
  });
  expect(tally.requests).toBe(6);
});

test("answers that explain themselves tell where the time went", async () => {
  const header =
    'total;dur=10.00, row;dur=1.00, scores;dur=8.00, scores.queue;dur=2.00, scores.batch;dur=5.00;desc="3 rows"';
  const client = await serve((_index, response) => response.setHeader("server-timing", header).end("{}"));
  const { tally } = await run(client, { kind: "closed", concurrency: 1 }, 20);
  expect(tally.parts.result()).toMatchObject({
    queueMs: 2,
    modelMs: 5,
    otherMs: 3,
    entries: { total: 10, row: 1, scores: 8, "scores.queue": 2, "scores.batch": 5 },
  });
});
