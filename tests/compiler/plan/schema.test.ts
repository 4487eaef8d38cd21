/** `schemas/plan.schema.json` describes every Plan, and a `plan.json` that is none is refused in a sentence. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPlan } from "../../../runtime/plan/check.js";
import { loadArtifact } from "../../../runtime/plan/load.js";
import type { Json } from "../../../runtime/values/value.js";
import { inRepository } from "../../support/paths.js";
import { specNames } from "../../support/spec-files.js";

function readPlan(name: string): { [key: string]: Json } {
  return JSON.parse(readFileSync(inRepository("specs", "valid", `${name}.plan.json`), "utf8"));
}

test.each(specNames("valid"))("the Plan of %s is one", (name) => {
  expect(checkPlan(readPlan(name))).toMatchObject({ ok: true });
});

test.each<[string, (plan: { [key: string]: Json }) => unknown, string]>([
  ["no mapping", () => [], "it is no Plan"],
  ["another version", (plan) => ({ ...plan, planVersion: 2 }), "it is of version 2, and 1 is read"],
  ["an unknown field", (plan) => ({ ...plan, extra: 1 }), 'at "" it must NOT have additional properties'],
  ["a missing field", ({ files: _, ...plan }) => plan, "at \"\" it must have required property 'files'"],
  [
    "a wrong value",
    (plan) => ({ ...plan, files: { a: { sha256: "x", bytes: 1 } } }),
    'at "/files/a/sha256" it must match pattern "^[0-9a-f]{64}$"',
  ],
])("%s is refused", (_, change, problem) => {
  expect(checkPlan(change(readPlan("server")))).toEqual({ ok: false, problem });
});

test("an expression that is nested without end is refused", () => {
  let value: Json = { kind: "literal", value: 1 };
  for (let depth = 0; depth < 100_000; depth++) value = { kind: "list", items: [value] };
  const graphs = { g: { inputs: {}, nodes: [], outputs: { a: { value, type: "json" } } } };
  expect(checkPlan({ ...readPlan("server"), graphs })).toEqual({ ok: false, problem: 'at "" it is nested too deeply' });
});

test("a file that is no JSON is refused by its name", () => {
  const folder = mkdtempSync(join(tmpdir(), "ekiben-plan-"));
  writeFileSync(join(folder, "plan.json"), "{");
  expect(() => loadArtifact(folder)).toThrow(`"${join(folder, "plan.json")}" is no JSON; compile the service again`);
});
