/** `src/validators.ts`: the checks of every endpoint's input, which ajv prints ahead of time. */
import { invariant } from "../../runtime/errors.js";
import { printChecks } from "../../runtime/plan/json-schema.js";
import type { Plan } from "../../runtime/plan/plan.js";
import { requestSchema } from "../../runtime/protocols/input-schema.js";
import { graphTypes } from "../../runtime/protocols/names.js";
import { type EmittedFile, textFile } from "./emitted-file.js";
import { type Code, joinCode, name, ts } from "./typescript.js";

export function validatorsFile(plan: Plan): EmittedFile {
  const graphs = [...graphTypes(plan).keys()];
  const schemas = graphs.flatMap((graph, index) => {
    const planned = plan.graphs[graph];
    return planned === undefined ? [] : [[`check${index}`, requestSchema(planned)] as const];
  });
  // Computed keys, so that no name is special.
  const entries = graphs.map((graph, index) => ts`  [${graph}]: ${name(`check${index}`)},\n`);
  const table = ts`
/** By graph. */
export const validators: { readonly [graph: string]: CheckFunction } = {
${joinCode(entries, "")}};
`;
  const printed = checks(Object.fromEntries(schemas));
  const used = ["compilePattern", "equal", "ucs2length"].filter((each) => printed.includes(each));
  const imported = joinCode([ts`type CheckFunction`, ...used.map(name)], ", ");
  const head = ts`${comments}import { ${imported} } from "ekiben-runtime";\n`;
  return textFile("src/validators.ts", `${head.text}\n${printed}${table.text}`);
}

const comments: Code = ts`/** Checks of what callers send. Made by ekiben with ajv, ahead of time, from the schemas that openapi.json shows. */
// @ts-nocheck: this is a library's output; its results are typed below, and its inputs are what is checked.
// biome-ignore-all lint: this is a library's output.
// biome-ignore-all format: this is a library's output.
// biome-ignore-all assist: this is a library's output.
`;

/**
 * What ajv's code would load from its own package comes from the runtime. Inside the literals of a user's strings quotes are
 * escaped, so that none of them holds `require("` and a letter.
 */
function checks(schemas: Parameters<typeof printChecks>[0]): string {
  const text = printChecks(schemas)
    .replace('"use strict";\n', "")
    .replaceAll(/\brequire\("ajv\/dist\/runtime\/(equal|ucs2length)"\)\.default/g, "$1");
  invariant(!/\brequire\("[a-z@./]/.test(text), "the checks load nothing but what the runtime gives");
  return text;
}
