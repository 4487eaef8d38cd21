/** Every example gives the answer that an independent library computed, through each door: HTTP, `run`, and in the process. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddedService, open } from "../cli/open.js";
import { differences } from "../runtime/server/examples/differences.js";
import type { Service } from "../runtime/server/service.js";
import { ekiben } from "./support/command.js";
import { type ExampleCallCase, exampleCallCases } from "./support/example-calls.js";
import { inRepository } from "./support/paths.js";
import { serveFolder } from "./support/service.js";

const examples = readdirSync(inRepository("examples")).filter((name) =>
  existsSync(inRepository("examples", name, "bentofile.yaml")),
);
const cases = exampleCallCases();

test("there are the six examples, each with its model, how it was made, a call and a page", () => {
  expect(examples).toEqual(["digits", "iris", "regression", "router", "similarity", "summarization"]);
  for (const example of examples) {
    const files = readdirSync(inRepository("examples", example));
    expect(files).toEqual(
      expect.arrayContaining(["README.md", "bentofile.yaml", "cases.json", "models", "response.json"]),
    );
  }
});

test.each(examples)("ekiben test passes on %s", async (example) => {
  const { status, stderr } = await ekiben(["test", join("examples", example)]);
  expect(stderr).toMatch(/\d+ of \d+ examples answer as expected\n$/);
  expect(status).toBe(0);
});

describe.each(examples)("%s", (example) => {
  const own = cases.filter((each) => each.example === example);
  let embedded: EmbeddedService;
  let served: Service;

  beforeAll(async () => {
    embedded = await open(inRepository("examples", example));
    served = await serveFolder(inRepository("examples", example));
  });
  afterAll(async () => {
    await embedded.close();
    await served.close();
  });

  test.each(own.map((each) => [each.name, each] as const))("in the process: %s", async (_name, each) => {
    const inputs = { ...each.inputs, ...filesOf(each) };
    expect(differences(each.expected, await embedded.run(each.graph, inputs), each.tolerance)).toEqual([]);
  });

  test.each(own.map((each) => [each.name, each] as const))(
    "by HTTP, the same as in the process: %s",
    async (_name, each) => {
      const files = Object.fromEntries(
        Object.entries(filesOf(each)).map(([name, bytes]) => [name, bytes.toString("base64")]),
      );
      const answer = await fetch(`${served.url}${each.path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...each.inputs, ...files }),
      });
      expect(answer.status).toBe(200);
      const body = (await answer.json()) as { [name: string]: never };
      expect(differences(each.expected, body, each.tolerance)).toEqual([]);
      expect(differences(await embedded.run(each.graph, { ...each.inputs, ...filesOf(each) }), body, 1e-6)).toEqual([]);
    },
  );

  test("by run, the same again", async () => {
    const [first] = own;
    if (first === undefined) throw new Error(`${example} has recorded answers`);
    const files = Object.entries(first.files).flatMap(([name, file]) => [
      "--input",
      `${name}=@${inRepository("examples", example, file)}`,
    ]);
    const { stdout } = await ekiben(
      ["run", join("examples", example), "--endpoint", first.path, ...files, "-", "--json"],
      { input: JSON.stringify(first.inputs) },
    );
    expect(differences(first.expected, JSON.parse(stdout), first.tolerance)).toEqual([]);
  });
});

function filesOf({ example, files }: ExampleCallCase): { readonly [name: string]: Buffer } {
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, readFileSync(inRepository("examples", example, file))]),
  );
}
