/** The compiled server as a user gets it: installed by npm, built, started, called by its client, stopped. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiled, type RunningServer, startServer } from "../support/compiled-service.js";
import { inRepository } from "../support/paths.js";

const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

describe("examples/iris, compiled", () => {
  const folder = compiled(inRepository("examples", "iris"));
  let server: RunningServer;

  const npm = (...words: readonly string[]) => {
    const { status, stderr, stdout } = spawnSync("npm", words, { cwd: folder, encoding: "utf8" });
    return status === 0 ? "" : `${stdout}\n${stderr}`;
  };

  beforeAll(async () => {
    // What a user might add: a route, and a call of an endpoint from it.
    const file = join(folder, "src", "server.ts");
    const added = `const classify = service.route<ClassifyInput, ClassifyOutput>("POST", "/classify", "classify");
service.app.get("/mine/:width", async (request, response) => {
  const { species } = await classify({ ...${JSON.stringify(flower)}, petal_width: Number(request.params.width) });
  response.json({ species, color: request.query["color"] });
});`;
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/^service\.route.*$/m, () => added),
    );
    mkdirSync(join(folder, "src", "calls"));
    writeFileSync(join(folder, "src", "calls", "call.ts"), callText);
    expect(npm("ci", "--prefer-offline")).toBe("");
    expect(npm("run", "build")).toBe("");
    server = await startServer(folder);
  }, 180_000);

  test("answers as the example expects", async () => {
    const body = JSON.stringify(flower);
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${server.url}/classify`, { method: "POST", headers, body });
    expect([response.status, await response.json()]).toMatchObject([200, { species: "setosa" }]);
  });

  test("answers by its typed client, which throws what the service refuses", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["dist/calls/call.js", server.url], {
      cwd: folder,
      encoding: "utf8",
    });
    expect([stderr, JSON.parse(stdout)]).toEqual([
      "",
      {
        species: "setosa",
        status: 422,
        code: "invalid-input",
        errors: [{ path: "/petal_width", message: "it must be at most 30" }],
      },
    ]);
  });

  test("answers on the user's own route, which calls the graph", async () => {
    const response = await fetch(`${server.url}/mine/1.9?color=blue`);
    expect(await response.json()).toEqual({ species: expect.any(String), color: "blue" });
    const failed = await fetch(`${server.url}/mine/99`);
    expect([failed.status, failed.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
  });

  test.each(["/docs", "/openapi.json", "/livez", "/readyz", "/metrics", "/version"])("has %s", async (path) => {
    expect((await fetch(server.url + path)).status).toBe(200);
  });

  test("ends with 0 on SIGTERM", async () => {
    expect(await server.stop()).toBe(0);
  });

  test("says in one sentence why it cannot start", () => {
    const start = (environment: NodeJS.ProcessEnv) => {
      const env = { ...process.env, ...environment };
      const { status, stderr } = spawnSync(process.execPath, ["dist/server.js"], {
        cwd: folder,
        encoding: "utf8",
        env,
      });
      return `${status} ${stderr.trim()}`;
    };
    expect(start({ PORT: "many" })).toBe(
      '1 error: the service cannot start: the variable PORT holds "many", which is no port',
    );
    expect(start({ PORT: "0", HOST: "203.0.113.1" })).toMatch(
      /^3 .*\nerror: the service cannot start: [^\n]*EADDRNOTAVAIL[^\n]*$/s,
    );
  });
});

const callText = `import { IrisClient, ServiceError } from "../client.js";

const client = new IrisClient(process.argv[2] ?? "");
const { species } = await client.classify(${JSON.stringify(flower)});
try {
  await client.classify({ ...${JSON.stringify(flower)}, petal_width: 31 });
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  const { status, code, errors } = error.problem;
  console.log(JSON.stringify({ species, status, code, errors }));
}
`;
