/** `ekiben explain` prints the page of whatever has one. */
import { explain } from "../../cli/commands/explain.js";
import { renderMarkdown } from "../../cli/markdown.js";

async function run(name: string, json = false): Promise<string> {
  let printed = "";
  const output = {
    color: false,
    json,
    quiet: false,
    verbose: false,
    say: () => {},
    complain: () => {},
    result: (text: string) => {
      printed += text;
    },
  };
  const options = { text: () => undefined, flag: () => false, list: () => [] };
  expect(await explain.run({ positionals: [name], options, output, environment: {} })).toBe(0);
  return printed;
}

test("a code", async () => {
  const page = await run("unknown-graph");
  expect(page).toContain("unknown-graph (error)\n\nAn endpoint names a graph that the spec does not have.");
  expect(page).toContain("    endpoints: [{ path: /hello, graph: helo }]");
});

test("a built-in step", async () => {
  expect(await run("text.join")).toMatch(
    /^text\.join\n\nJoins texts into one\.\n\nGives: `string`\n\n`texts` +`list<string>` +needed/,
  );
});

test("a field of the spec, with or without the names of models and graphs", async () => {
  const page = await run("models.batching.max_batch_size");
  expect(page).toBe(`models.batching.max_batch_size

The most rows of one run.

- takes: a whole number
- at least 1, at most 65536
- default: \`32\`
`);
  expect(await run("models.reader.batching.max_batch_size")).toBe(page);
  expect(await run("graphs.read.inputs.text.min_length")).toContain("The fewest characters");
  expect(await run("endpoints.examples")).toContain("tolerance");
});

test("JSON holds the page as it is", async () => {
  expect(JSON.parse(await run("cycle", true))).toMatchObject({ kind: "code", name: "cycle" });
});

test("the nearest name is suggested", async () => {
  await expect(run("shape-mismach")).rejects.toMatchObject({ status: 2, help: 'did you mean "shape-mismatch"?' });
  await expect(run("models.reader.batchin")).rejects.toMatchObject({ status: 2 });
});

test("Markdown is shown with its code apart, tables in columns, and long lines broken", () => {
  const markdown = `# Title\n\n${"word ".repeat(30).trim()}\n\n- a\n- b\n\n| a | b |\n|---|---|\n| \`x \\| y\` | z |\n\n\`\`\`yaml\na: 1\n\n# b\n\`\`\`\n`;
  expect(renderMarkdown(markdown, false)).toBe(`Title

${"word ".repeat(20).trim()}
${"word ".repeat(10).trim()}

- a
- b

\`x | y\`  z

    a: 1

    # b
`);
  expect(renderMarkdown("# A\n\n`b`", true)).toBe("\u001b[1mA\u001b[0m\n\n\u001b[36m`b`\u001b[0m\n");
});
