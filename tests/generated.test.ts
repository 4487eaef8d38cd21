/** What is made from other files is current: run `npm run generate` where one of these fails. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { generatedFiles } from "../compiler/generate/generated.js";
import { inRepository, root } from "./support/paths.js";

const read = (path: string): string => readFileSync(inRepository(path), "utf8");

test.each(generatedFiles(root))("$path", ({ path, text }) => {
  expect(read(path) === text).toBe(true);
});

test.each(["bentofile", "plan", "spec"])("schemas/%s.schema.json is a schema of 2020-12", (name) => {
  const ajv = new Ajv2020({ strict: false });
  ajv.compile({ ...(JSON.parse(read(`schemas/${name}.schema.json`)) as object), $id: name });
  expect(ajv.errors).toBeNull();
});
