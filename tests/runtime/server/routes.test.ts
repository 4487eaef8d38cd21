/** The table of routes that every server has, each over a real connection. */
import type { Service } from "../../../runtime/server/service.js";
import { type Answer, type Call, call } from "../../support/http.js";
import { kitchen, kitchenFiles } from "../../support/kitchen.js";
import { serveSpec } from "../../support/service.js";

let service: Service;
beforeAll(async () => {
  service = await serveSpec(kitchen, kitchenFiles);
});
afterAll(() => service.close());

const to = (path: string, sent: Call = {}): Promise<Answer> => call(`${service.url}${path}`, sent);

describe("built-in routes", () => {
  const routes: readonly (readonly [string, number, string])[] = [
    ["/", 302, "text/plain"],
    ["/docs", 200, "text/html; charset=utf-8"],
    ["/docs/swagger-ui.css", 200, "text/css; charset=utf-8"],
    ["/docs/swagger-ui-bundle.js", 200, "text/javascript; charset=utf-8"],
    ["/docs/swagger-ui-init.js", 200, "application/javascript; charset=utf-8"],
    ["/openapi.json", 200, "application/json"],
    ["/docs.json", 200, "application/json"],
    ["/livez", 200, "application/json"],
    ["/readyz", 200, "application/json"],
    ["/healthz", 200, "application/json"],
    ["/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"],
    ["/version", 200, "application/json"],
  ];
  test.each(routes)("GET %s is %i, %s", async (path, status, type) => {
    const answer = await to(path);
    expect([answer.status, answer.headers["content-type"]]).toEqual([status, type]);
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers["x-ekiben-generation"]).toBe("1");
  });

  test.each(routes)("HEAD %s says the same without a body", async (path, status, type) => {
    const answer = await to(path, { method: "HEAD" });
    expect([answer.status, answer.headers["content-type"], answer.bytes.length]).toEqual([status, type, 0]);
  });

  test("/ leads to the docs", async () => {
    expect((await to("/")).headers.location).toBe("/docs");
  });

  test("/openapi.json and /docs.json are the same bytes", async () => {
    expect((await to("/docs.json")).text).toBe((await to("/openapi.json")).text);
  });

  test("below /docs there are our assets and nothing else", async () => {
    const strangers = [
      "/docs/package.json",
      "/docs/index.html",
      "/docs/../app.js",
      "/docs/%2e%2e/package.json",
      "/docs/swagger-ui.js",
      "/docs//swagger-ui.css",
      "/docs/swagger-ui-init.js/x",
    ];
    const statuses = await Promise.all(strangers.map(async (path) => (await to(path)).status));
    expect(statuses).toEqual(strangers.map(() => 404));
  });

  test("/version names the deployment and where each model runs", async () => {
    expect((await to("/version")).json).toMatchObject({
      service: "kitchen",
      generation: 1,
      plan_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      ekiben: expect.stringMatching(/^\d/),
      node: process.version,
      onnxruntime: expect.stringMatching(/^\d/),
      models: { slow: { state: "ready", device: "cpu", instances: 1 } },
    });
  });

  test("/metrics counts requests by route, never by what a caller made up", async () => {
    await to("/nobody/asked/for/this");
    await to("/echo", { body: { text: "a" } });
    const { text } = await to("/metrics");
    expect(text).toContain('ekiben_requests_total{route="(unknown)",method="GET",status="404"}');
    expect(text).toContain('ekiben_requests_total{route="/echo",method="POST",status="200"} 1');
    expect(text).toContain('ekiben_request_duration_seconds_count{route="/echo"} 1');
    expect(text).not.toContain("nobody");
  });
});

describe("what there is not", () => {
  test("an unknown address is a 404 with a problem document", async () => {
    const answer = await to("/nothing?x=1", { headers: { "x-request-id": "caller-7" } });
    expect([answer.status, answer.headers["content-type"]]).toEqual([404, "application/problem+json"]);
    expect(answer.json).toEqual({
      type: "urn:ekiben:error:not-found",
      title: "There is nothing at this address",
      status: 404,
      detail: "There is nothing at this address; GET /docs lists what there is.",
      code: "not-found",
      request_id: "caller-7",
    });
  });

  const methods: readonly (readonly [string, string, string])[] = [
    ["PUT", "/echo", "POST, GET, HEAD, OPTIONS"],
    ["DELETE", "/only", "POST, OPTIONS"],
    ["HEAD", "/only", "POST, OPTIONS"],
    ["POST", "/livez", "GET, HEAD, OPTIONS"],
    ["POST", "/docs", "GET, HEAD"],
    ["PROPFIND", "/metrics", "GET, HEAD, OPTIONS"],
  ];
  test.each(methods)("%s %s is a 405 that names %s", async (method, path, allow) => {
    const answer = await to(path, { method });
    expect([answer.status, answer.headers["allow"]]).toEqual([405, allow]);
  });

  test("OPTIONS is answered with what is allowed", async () => {
    const answer = await to("/echo", { method: "OPTIONS" });
    expect([answer.status, answer.headers["allow"]]).toEqual([204, "POST, GET, HEAD, OPTIONS"]);
  });
});

describe("request ids", () => {
  test("a sane one comes back, any other is replaced", async () => {
    const idFor = async (id: string): Promise<unknown> =>
      (await to("/livez", { headers: { "x-request-id": id } })).headers["x-request-id"];
    expect(await idFor("trace:1.a_b-C")).toBe("trace:1.a_b-C");
    for (const odd of ["", "a b", "<script>", "a".repeat(129)]) expect(await idFor(odd)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("other origins", () => {
  const origin = "https://app.example.com";

  test("a preflight of a known one is answered", async () => {
    const headers = { origin, "access-control-request-method": "POST" };
    const answer = await to("/echo", { method: "OPTIONS", headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      vary: "origin",
    });
  });

  test("answers carry the word for it, refusals too", async () => {
    const answers = [
      await to("/echo", { body: { text: "a" }, headers: { origin } }),
      await to("/echo", { body: {}, headers: { origin } }),
    ];
    expect(answers.map(({ status, headers }) => [status, headers["access-control-allow-origin"]])).toEqual([
      [200, origin],
      [422, origin],
    ]);
  });

  test("an unknown one gets no such word", async () => {
    const answer = await to("/echo", { body: { text: "a" }, headers: { origin: "https://evil.example" } });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

test("timings are only told where the service allows it", async () => {
  const answer = await to("/echo", { body: { text: "a" }, headers: { "x-ekiben-explain": "1" } });
  expect(answer.headers["server-timing"]).toBeUndefined();
});
