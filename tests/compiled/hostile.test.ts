/** A spec whose every word tries to be code, compiled, built and called: each word comes back as it was written. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, compiled, linkPackages, lint, startServer, writeSpec } from "../support/compiled-service.js";
import { hostileString } from "../support/hostile.js";
import { seeded } from "../support/random.js";

const random = seeded(3);
const words = (count: number) => [...new Set(Array.from({ length: count }, () => hostileString(random)))];
const choices = words(40);
const fields = words(10).filter((field) => !field.includes("__proto__"));
const path = "/a*/b$'(x),&;=+!@~%7B";

const spec = {
  service: "Hostile.1",
  description: hostileString(random),
  labels: Object.fromEntries(words(5).map((word) => [word, word])),
  graphs: {
    echo: {
      inputs: {
        choice: { type: "string", enum: choices, description: hostileString(random) },
        record: { type: Object.fromEntries(fields.map((field) => [field, "string"])) },
        matched: { type: "string", pattern: "^[\"'`\\\\${}*/]*$", default: "\"'`\\${}*/" },
        noted: { type: "string", default: hostileString(random), examples: words(3) },
        many: { type: "list<integer>", unique_items: true, default: [] },
      },
      outputs: { choice: "$choice", record: "$record", matched: "$matched", noted: "$noted", many: "$many" },
    },
    get: { inputs: { class: { type: "string", default: "x" } }, outputs: { class: "$class" } },
    Get: { outputs: { one: 1 } },
  },
  endpoints: [
    { path, graph: "echo", summary: hostileString(random), description: `@ts-expect-error\n${hostileString(random)}` },
    { path: "/constructor", graph: "get", summary: "@ts-expect-error", method: "PUT" },
    { path: "/then", graph: "get" },
    { path: "/-", graph: "Get", method: "GET", examples: [{ name: hostileString(random), inputs: {} }] },
  ],
};

describe("a hostile spec", () => {
  const folder = compiled(writeSpec(spec));
  linkPackages(folder);

  test("is printed as the formatter would", () => {
    expect(lint(folder)).toBe("");
  });

  test("builds, and its types are the words that it holds", () => {
    const texts = JSON.stringify(choices).replaceAll(
      /[\u2028\u2029]/g,
      (found) => `\\u${found.charCodeAt(0).toString(16)}`,
    );
    writeFileSync(
      join(folder, "src", "words.ts"),
      `import type { EchoInput } from "./types.js";
export const choices: EchoInput["choice"][] = ${texts};
// @ts-expect-error: it is none of them
export const other: EchoInput["choice"] = "none of them";
export const fields: (keyof EchoInput["record"])[] = ${JSON.stringify(fields)};
`,
    );
    expect(build(folder)).toBe("");
  });

  test("answers with the words that it was given, and checks them", async () => {
    const server = await startServer(folder);
    const record = Object.fromEntries(fields.map((field) => [field, field]));
    const headers = { "content-type": "application/json" };
    const call = (body: object) => fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    try {
      for (const choice of choices) {
        const response = await call({ choice, record });
        expect([response.status, await response.json()]).toMatchObject([
          200,
          { choice, record, matched: "\"'`\\${}*/", many: [] },
        ]);
      }
      const refused = await call({ choice: "none of them", record, matched: "letters", many: [1, 1] });
      const { errors }: { errors: { path: string }[] } = JSON.parse(await refused.text());
      expect([refused.status, errors.map((error) => error.path).sort()]).toEqual([
        422,
        ["/choice", "/many", "/matched"],
      ]);
      expect(await (await fetch(`${server.url}/-`)).json()).toEqual({ one: 1 });
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });
});
