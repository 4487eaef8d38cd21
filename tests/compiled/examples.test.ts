/** Every example, compiled: its server gives the independently computed answers, too. */
import { readFileSync } from "node:fs";
import { differences } from "../../runtime/server/examples/differences.js";
import { build, compiled, linkPackages, type RunningServer, startServer } from "../support/compiled-service.js";
import { exampleCallCases } from "../support/example-calls.js";
import { inRepository } from "../support/paths.js";

const cases = exampleCallCases();

describe.each([...new Set(cases.map(({ example }) => example))])("%s", (example) => {
  let server: RunningServer;

  beforeAll(async () => {
    const folder = compiled(inRepository("examples", example));
    linkPackages(folder);
    expect(build(folder)).toBe("");
    server = await startServer(folder);
  }, 120_000);
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const own = cases.filter((each) => each.example === example);
  test.each(own.map((each) => [each.name, each] as const))(
    "%s",
    async (_name, { path, inputs, files, expected, tolerance }) => {
      const media = Object.entries(files).map(
        ([name, file]) => [name, readFileSync(inRepository("examples", example, file)).toString("base64")] as const,
      );
      const answer = await fetch(`${server.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...inputs, ...Object.fromEntries(media) }),
      });
      expect(answer.status).toBe(200);
      expect(differences(expected, (await answer.json()) as { [name: string]: never }, tolerance)).toEqual([]);
    },
  );
});
