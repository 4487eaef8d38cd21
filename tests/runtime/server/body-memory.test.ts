import { BodyMemory } from "../../../runtime/server/body-memory.js";
import type { Service } from "../../../runtime/server/service.js";
import { type Answer, call, connected, readUntil } from "../../support/http.js";
import { kitchen, kitchenFiles } from "../../support/kitchen.js";
import { serveSpec } from "../../support/service.js";

describe("the memory for bodies", () => {
  test("is shared by the requests, and refuses with a 429 what does not fit", () => {
    const memory = new BodyMemory(100);
    const [first, second] = [memory.claim(), memory.claim()];
    first.take(60);
    second.take(40);
    expect(() => first.take(1)).toThrow(expect.objectContaining({ code: "queue-full", retryAfterS: 1 }));
    expect(memory.taken).toBe(100);
  });

  test("is given back once", () => {
    const memory = new BodyMemory(100);
    const [first, second] = [memory.claim(), memory.claim()];
    first.take(60);
    second.take(10);
    first.release();
    first.release();
    expect(memory.taken).toBe(10);
    second.take(90);
  });

  test("does not bound a request that is alone: that is done by the largest body", () => {
    const claim = new BodyMemory(100).claim();
    claim.take(90);
    claim.take(90);
  });
});

describe("a server whose bodies may take 120 kB", () => {
  let service: Service;
  beforeAll(async () => {
    service = await serveSpec(kitchen, kitchenFiles, { bodyMemoryBytes: 120_000 });
  });
  afterAll(() => service.close());

  const small = '{"text":"x"}';
  const large = small.padStart(85_000);
  const post = (body: string): Promise<Answer> =>
    call(`${service.url}/echo`, { body, headers: { "content-type": "application/json" } });

  /** A caller who has sent a part of a body of 90 kB, and waits. */
  async function waiting() {
    const socket = await connected(service.port);
    socket.write("POST /echo HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n");
    socket.write(" ".repeat(70_000));
    // It is read once a later request is answered.
    await post(small);
    return socket;
  }

  test("refuses a body that does not fit beside another one, and says when to come again", async () => {
    const socket = await waiting();
    const refused = await post(large);
    expect([refused.status, (refused.json as { code: string }).code]).toEqual([429, "queue-full"]);
    expect(refused.headers["retry-after"]).toBe("1");
    socket.destroy();
  });

  test("answers small bodies all the same", async () => {
    const socket = await waiting();
    expect((await post(small)).status).toBe(200);
    socket.destroy();
  });

  test("has the memory again once a caller has left, was answered, or failed", async () => {
    const socket = await waiting();
    socket.write(`${" ".repeat(19_994)}{"te":`);
    expect(await readUntil(socket, /\r\n\r\n/)).toMatch(/^HTTP\/1.1 400 /);
    socket.destroy();
    for (let time = 0; time < 5; time++) expect((await post(large)).status).toBe(200);
  });
});
