/** Our own check of the spec's schema finds what ajv finds, at the same places, and fills in the same defaults. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { maskPaths } from "../../../compiler/source/mask.js";
import { checkSchema } from "../../../compiler/spec/check-schema.js";
import type { Schema } from "../../../compiler/spec/schema.js";
import { compileSchema } from "../../../runtime/plan/json-schema.js";
import type { Json } from "../../../runtime/values/value.js";
import specSchema from "../../../schemas/spec.schema.json";
import { mutate } from "../../support/mutate-spec.js";
import { inRepository } from "../../support/paths.js";
import { seeded } from "../../support/random.js";
import { specNames } from "../../support/spec-files.js";

const schema: Schema = specSchema;
const byAjv = compileSchema(schema, { useDefaults: true });
const seeds = specNames("valid").map((name) => readFileSync(inRepository("specs", "valid", `${name}.yaml`), "utf8"));

test("on valid specs", () => {
  for (const text of seeds) compare(text);
});

test("on 500 mutated specs", () => {
  const random = seeded(20);
  let compared = 0;
  for (let count = 0; count < 500; count++) if (compare(mutate(random.pick(seeds), seeds, random))) compared++;
  expect(compared).toBeGreaterThan(150);
});

/** False for a text that is no JSON value. */
function compare(text: string): boolean {
  const ours = read(text);
  if (ours === undefined) return false;
  const theirs = structuredClone(ours);
  const found = checkSchema(schema, ours).errors.map(({ keyword, instancePath }) => `${keyword} ${instancePath}`);
  const all = byAjv(theirs);
  const mistyped = new Set(all.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  // A value of another kind is told once: that it is none of the choices, or matches no pattern, follows.
  const expected = all
    .filter(({ keyword, instancePath }) => keyword !== "if" && (keyword === "type" || !mistyped.has(instancePath)))
    .map(({ keyword, instancePath }) => `${keyword} ${instancePath}`);
  expect(unique(found)).toEqual(unique(expected));
  expect(ours).toEqual(theirs);
  return true;
}

function unique(errors: readonly string[]): readonly string[] {
  return [...new Set(errors)].sort();
}

function read(text: string): Json | undefined {
  try {
    const value: unknown = parse(maskPaths(text), { merge: true, logLevel: "silent" });
    return JSON.parse(JSON.stringify(value ?? null)) as Json;
  } catch {
    return undefined;
  }
}
