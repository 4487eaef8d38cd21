/** The editors' schema accepts what the compiler accepts, and knows the arguments of steps. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { maskPaths, unmask } from "../../../compiler/source/mask.js";
import { compileSchema } from "../../../runtime/plan/json-schema.js";
import { inRepository } from "../../support/paths.js";
import { specNames } from "../../support/spec-files.js";

const schema = JSON.parse(readFileSync(inRepository("schemas", "bentofile.schema.json"), "utf8")) as object;
const validate = compileSchema({ ...schema });

test.each(specNames("valid"))("%s is accepted", (name) => {
  const text = readFileSync(inRepository("specs", "valid", `${name}.yaml`), "utf8");
  const value: unknown = JSON.parse(unmask(JSON.stringify(parse(maskPaths(text), { merge: true }))));
  expect(validate(value)).toEqual([]);
});

test("an argument that a step does not take is found", () => {
  const step = { id: "a", use: "text.join", with: { texts: ["a"], seperator: "-" } };
  const spec = { service: "a", graphs: { g: { steps: [step], outputs: { a: "$a" } } } };
  expect(validate(spec).map(({ params }) => params["additionalProperty"])).toContain("seperator");
});
