/** What is made from other files is current: run `npm run generate` where one of these fails. */
import { readFileSync } from "node:fs";
import { generatedFiles } from "../compiler/generate/generated.js";
import { compileSchema } from "../runtime/plan/json-schema.js";
import { inRepository } from "./support/paths.js";

const read = (path: string): string => readFileSync(inRepository(path), "utf8");

test.each(generatedFiles(read))("$path", ({ path, text }) => {
  expect(read(path) === text).toBe(true);
});

test.each(["bentofile", "plan", "spec"])("schemas/%s.schema.json is a schema of 2020-12", (name) => {
  const schema = JSON.parse(read(`schemas/${name}.schema.json`)) as object;
  expect(() => compileSchema({ ...schema, $id: name })).not.toThrow();
});
