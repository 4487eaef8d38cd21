/** Deadlines, queues, limits of size and callers that leave. `/wait` holds what it gets until four are there. */
import { Agent, request as send } from "node:http";
import { gzipSync } from "node:zlib";
import type { Service } from "../../../runtime/server/service.js";
import { type Answer, type Call, call, connected, exchangeBytes, readUntil } from "../../support/http.js";
import { kitchen, kitchenFiles } from "../../support/kitchen.js";
import { serveSpec } from "../../support/service.js";

let service: Service;
beforeAll(async () => {
  service = await serveSpec(kitchen, kitchenFiles, { headersTimeoutMs: 300 });
});
afterAll(() => service.close());

const to = (path: string, sent: Call = {}): Promise<Answer> => call(`${service.url}${path}`, sent);
const row = { row: [5.1, 3.5, 1.4, 0.2] };

/** Resolves once a metric has the value. */
async function metric(line: string): Promise<void> {
  while (!(await to("/metrics")).text.includes(`${line}\n`));
}

/** A request that waits, and what makes its caller leave. */
function waiting(path = "/wait"): { leave(): void; answer: Promise<number> } {
  const request = send(`${service.url}${path}`, { method: "POST", headers: { "content-type": "application/json" } });
  const answer = new Promise<number>((resolve) => {
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", () => resolve(0));
  });
  request.end(JSON.stringify(row));
  return { leave: () => void request.destroy(), answer };
}

test("a deadline that passes is a 504", async () => {
  const answer = await to("/wait", { body: row, headers: { "x-ekiben-deadline-ms": "30" } });
  expect([answer.status, (answer.json as { code: string }).code]).toEqual([504, "deadline-exceeded"]);
  await metric('ekiben_queue_length{model="slow",version="1"} 0');
});

test("a body that is not whole by the deadline is a 504 then, and holds no place", async () => {
  const head = "POST /wait-alone HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 30\r\n";
  const slow = await connected(service.port);
  slow.write(`${head}x-ekiben-deadline-ms: 50\r\n\r\n{`);
  const text = await readUntil(slow, /\r\n\r\n/);
  expect(text).toMatch(/^HTTP\/1.1 504 /);
  const next = waiting("/wait-alone");
  await metric('ekiben_queue_length{model="slow",version="1"} 1');
  next.leave();
  slow.destroy();
  await metric('ekiben_queue_length{model="slow",version="1"} 0');
});

test("bodies that are still on their way hold no place of max_concurrency", async () => {
  const head = "POST /wait-alone HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 30\r\n\r\n{";
  const slow = await Promise.all([connected(service.port), connected(service.port)]);
  for (const socket of slow) socket.write(head);
  await metric("ekiben_requests_in_flight 3");
  const next = waiting("/wait-alone");
  await metric('ekiben_queue_length{model="slow",version="1"} 1');
  const later = slow[0];
  later?.write('"row":[5.1,3.5,1.4,0.2]}     ');
  expect(later === undefined ? "" : await readUntil(later, /\r\n\r\n/)).toMatch(/^HTTP\/1.1 429 /);
  next.leave();
  for (const socket of slow) socket.destroy();
  await metric('ekiben_queue_length{model="slow",version="1"} 0');
});

test.each(["0", "-1", "soon", "1.5"])("a deadline of %s is a 400", async (deadline) => {
  const answer = await to("/wait", { body: row, headers: { "x-ekiben-deadline-ms": deadline } });
  expect([answer.status, (answer.json as { code: string }).code]).toEqual([400, "bad-header"]);
});

test("above max_concurrency a request is a 429 that says when to come again", async () => {
  const first = waiting("/wait-alone");
  await metric('ekiben_queue_length{model="slow",version="1"} 1');
  const second = await to("/wait-alone", { body: row });
  expect([second.status, second.headers["retry-after"]]).toEqual([429, "1"]);
  first.leave();
  await metric('ekiben_queue_length{model="slow",version="1"} 0');
});

test("a full queue is a 429, and who leaves makes room", async () => {
  const three = [waiting(), waiting(), waiting()];
  await metric('ekiben_queue_length{model="slow",version="1"} 3');
  const refused = await to("/wait", { body: row });
  expect([refused.status, Number(refused.headers["retry-after"]) >= 1]).toEqual([429, true]);
  for (const { leave } of three) leave();
  await metric('ekiben_queue_length{model="slow",version="1"} 0');
  await metric("ekiben_requests_in_flight 1");
});

describe("a body that is too large", () => {
  const large = Buffer.alloc(200_000, 0x20);
  const json = { "content-type": "application/json" };
  const codeOf = ({ status, json: body }: Answer): unknown => [status, (body as { code: string }).code];

  test("is refused by its length, and its connection serves on", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(codeOf(await to("/echo", { body: large, headers: json, agent }))).toEqual([413, "body-too-large"]);
    expect((await to("/echo", { body: { text: "a" }, agent })).status).toBe(200);
    agent.destroy();
  });

  test("is refused in chunks, too", async () => {
    const chunks = `${(100_000).toString(16)}\r\n${"x".repeat(100_000)}\r\n`.repeat(2);
    const head = "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    const socket = await connected(service.port);
    socket.write(`${head}${chunks}0\r\n\r\n`);
    expect(await readUntil(socket, /"body-too-large"/)).toMatch(/^HTTP\/1\.1 413 /);
    socket.write("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(await readUntil(socket, /"live":true/)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  test("is not asked for when the caller asks first", async () => {
    const socket = await connected(service.port);
    socket.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 200000\r\nexpect: 100-continue\r\n\r\n");
    expect(await readUntil(socket, /"body-too-large"/)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test("and a small one is asked for", async () => {
    const socket = await connected(service.port);
    socket.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 12\r\nexpect: 100-continue\r\n\r\n");
    expect(await readUntil(socket, /\r\n\r\n/)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write('{"text":"a"}');
    expect(await readUntil(socket, /"times":1/)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  test("counts what it is when it is unpacked", async () => {
    expect(
      codeOf(await to("/echo", { body: gzipSync(large), headers: { ...json, "content-encoding": "gzip" } })),
    ).toEqual([413, "body-too-large"]);
  });
});

describe("connections", () => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
  const last = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
  const statuses = (text: string): readonly string[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? "");

  test("requests in a row are answered in their order", async () => {
    const text = await exchangeBytes(service.port, `${get("/livez")}${get("/nothing")}${last("/echo?text=a")}`);
    expect(statuses(text)).toEqual(["200", "404", "200"]);
  });

  test("a refusal leaves the connection as it was", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent: readonly Call[] = [
      { body: { text: 1 } },
      { body: "{", headers: { "content-type": "application/json" } },
      { body: { text: "a" } },
    ];
    const got: number[] = [];
    for (const each of sent) got.push((await to("/echo", { ...each, agent })).status);
    expect(got).toEqual([422, 400, 200]);
    agent.destroy();
  });

  const garbage: readonly (readonly [string, string, string])[] = [
    ["no HTTP", "hello\r\n\r\n", "400"],
    ["an unknown method", "FROB / HTTP/1.1\r\n\r\n", "400"],
    ["two lengths", "POST /echo HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "400"],
    [
      "a length and chunks",
      "POST /echo HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "400",
    ],
    ["headers without end", `GET / HTTP/1.1\r\nx: ${"a".repeat(20_000)}\r\n\r\n`, "431"],
    ["no host", "GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n", "200"],
    ["a target with its host", "GET http://host/livez HTTP/1.1\r\nconnection: close\r\n\r\n", "200"],
    ["a star", "OPTIONS * HTTP/1.1\r\nconnection: close\r\n\r\n", "404"],
  ];
  test.each(garbage)("%s", async (_, bytes, status) => {
    const text = await exchangeBytes(service.port, bytes);
    expect(statuses(text)).toEqual([status]);
    expect(text).toMatch(/x-request-id: \S{36}\r\nx-ekiben-generation: 1\r\n/i);
    if (status !== "200") expect(text).toContain('"code":');
  });

  test("garbage after a request waits for the answer before it", async () => {
    const body = JSON.stringify(row);
    const first = `POST /wait HTTP/1.1\r\nx-ekiben-deadline-ms: 50\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    expect(statuses(await exchangeBytes(service.port, `${first}garbage\r\n\r\n`))).toEqual(["504", "400"]);
  });

  test("many refusals on one connection leave nothing behind on it", async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.name);
    process.on("warning", note);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = Buffer.alloc(200_000, 0x20);
    for (let time = 0; time < 30; time++) expect((await to("/echo", { body, agent })).status).toBe(413);
    agent.destroy();
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("headers that never come whole are a 408", async () => {
    const text = await exchangeBytes(service.port, "GET /livez HTTP/1.1\r\nhost: a\r\nx-slow");
    expect(statuses(text)).toEqual(["408"]);
  });

  test("a caller that leaves in the middle of its body is forgotten", async () => {
    const socket = await connected(service.port);
    socket.end("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{");
    await new Promise((resolve) => socket.once("close", resolve).resume());
    await metric("ekiben_requests_in_flight 1");
  });
});

test.each(["-1", "urgent", "1.5", "1000"])("a priority of %s is a 400", async (priority) => {
  const answer = await to("/wait", { body: row, headers: { "x-ekiben-priority": priority } });
  expect([answer.status, (answer.json as { code: string }).code]).toEqual([400, "bad-header"]);
});
