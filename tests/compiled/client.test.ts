/** The typed client of a service with pictures and a GET, against the server that it was compiled with. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, compiled, linkPackages, startServer } from "../support/compiled-service.js";
import { inRepository } from "../support/paths.js";

const picture = inRepository("tests", "fixtures", "models", "digits", "digit_3.png");

const calls = `import { readFileSync } from "node:fs";
import { SorterClient } from "./client.js";

const [url = "", file = ""] = process.argv.slice(2);
const client = new SorterClient(\`\${url}/\`);
const bytes = readFileSync(file);
const signature = (base64: string) => Buffer.from(base64, "base64").toString("latin1", 1, 4);
const [asBytes, asBlob, asText] = await Promise.all([
  client.picture({ image: bytes, title: "12" }),
  client.picture({ image: new Blob([bytes]) }, { deadlineMs: 20_000 }),
  client.picture({ image: bytes.toString("base64"), title: "é" }),
]);
const posted = await client.classify({ flower: [[5.1, 3.5, 1.4, 0.2]] });
const got = await client.getClassify({ flower: [[5.1, 3.5, 1.4, 0.2]], unit: "inches" });
const left = await client.classify({ flower: [["NaN", 1, 1, 1]] }, { signal: AbortSignal.abort() }).catch((error) => error.name);
console.log(
  JSON.stringify({
    titles: [asBytes.title, asBlob.title, asText.title],
    pictures: [asBytes.png, asBlob.png, asText.png].map(signature),
    same: asBytes.png === asBlob.png && asBlob.png === asText.png,
    posted: posted.best?.[0]?.[0]?.label,
    got,
    left,
  }),
);
`;

test("the variables of the spec are needed, pictures go as bytes, numbers in a query, and a skipped output is absent", async () => {
  const folder = compiled(inRepository("tests", "compiler", "emit", "golden"));
  linkPackages(folder);
  writeFileSync(join(folder, "src", "calls.ts"), calls);
  expect(build(folder)).toBe("");
  await expect(startServer(folder)).rejects.toThrow(
    "The environment variable TOKEN must be set before the service starts.",
  );
  const server = await startServer(folder, { TOKEN: "any" });
  const { stdout, stderr } = spawnSync(process.execPath, ["dist/calls.js", server.url, picture], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([stderr, await server.stop()]).toEqual(["", 0]);
  expect(JSON.parse(stdout)).toEqual({
    titles: ["12", "untitled", "é"],
    pictures: ["PNG", "PNG", "PNG"],
    same: true,
    posted: "setosa",
    got: { unit: "inches" },
    left: "AbortError",
  });
});
