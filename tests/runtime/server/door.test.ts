/** An app with routes of its own stands before the service's; without one, Express is not asked, and nobody can tell. */
import { bareApp } from "../../../runtime/server/app.js";
import type { Service } from "../../../runtime/server/service.js";
import { type Call, call } from "../../support/http.js";
import { serveSpec } from "../../support/service.js";

const spec = `service: door
graphs:
  echo:
    inputs: { x: { type: "float32[n]" } }
    outputs: { x: $x }
endpoints: [{ path: /echo, graph: echo }]
`;

let plain: Service;
let behindApp: Service;

beforeAll(async () => {
  const app = bareApp();
  app.get("/mine", (_request, response) => void response.json({ mine: true }));
  app.use("/broken", () => {
    throw Object.assign(new Error("of the app"), { status: 400 });
  });
  [plain, behindApp] = await Promise.all([serveSpec(spec), serveSpec(spec, {}, { app })]);
});

afterAll(async () => {
  await Promise.all([plain.close(), behindApp.close()]);
});

const json = { "content-type": "application/json", "x-request-id": "door" };
const calls: readonly (readonly [string, string, Call])[] = [
  ["a call", "/echo", { method: "POST", headers: json, body: '{"x": [1.5, -0, "NaN"]}' }],
  ["a call with a query", "/echo?a=b", { method: "POST", headers: json, body: "[1]" }],
  ["a body that is no JSON", "/echo", { method: "POST", headers: json, body: '{"x": [1,]}' }],
  ["an input that is wrong", "/echo", { method: "POST", headers: json, body: '{"x": ["a"]}' }],
  ["another method", "/echo", { method: "PUT", headers: json }],
  ["the methods", "/echo", { method: "OPTIONS", headers: json }],
  ["an unknown path", "/nothing", { headers: json }],
  ["a path with a broken escape", "/%zz", { headers: json }],
  ["a path that begins like the docs", "/docsx", { headers: json }],
  ["the docs", "/docs", { headers: json }],
  ["a file of the docs", "/docs/swagger-ui.css", { headers: json }],
  ["health", "/livez", { headers: json }],
  ["the head of health", "/livez", { method: "HEAD", headers: json }],
];

test.each(calls)("%s is answered as behind an app", async (_what, path, sent) => {
  const [direct, through] = await Promise.all([
    call(`${plain.url}${path}`, sent),
    call(`${behindApp.url}${path}`, sent),
  ]);
  expect(withoutTime(direct)).toEqual(withoutTime(through));
});

test("the app's own routes come first, and what they throw is a problem document", async () => {
  expect((await call(`${behindApp.url}/mine`)).text).toBe('{"mine":true}');
  const broken = await call(`${behindApp.url}/broken`);
  expect([broken.status, broken.headers["content-type"]]).toEqual([400, "application/problem+json"]);
});

function withoutTime({ status, headers, text }: Awaited<ReturnType<typeof call>>): unknown {
  const { date: _, ...rest } = headers;
  return { status, headers: rest, text };
}
