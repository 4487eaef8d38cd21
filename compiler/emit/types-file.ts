/** `src/types.ts`: named types of what every endpoint takes and gives, from the schema that requests are checked against. */
import type { Plan } from "../../runtime/plan/plan.js";
import { requestSchema, responseSchema } from "../../runtime/protocols/input-schema.js";
import { graphTypes, Names } from "../../runtime/protocols/names.js";
import { type EmittedFile, textFile } from "./emitted-file.js";
import { jsonNumber, type NamedSchema, nameParts } from "./named-parts.js";
import { schemaToDeclaration } from "./schema-to-ts.js";
import { type Code, printedType, ts } from "./typescript.js";

export function typesFile(plan: Plan): EmittedFile {
  const types = [...graphTypes(plan).values()];
  const names = new Names([jsonNumber, ...types.flatMap(({ input, output }) => [input, output])]);
  const declared = types.flatMap(({ graph, input, output }) => {
    const planned = plan.graphs[graph];
    if (planned === undefined) return [];
    return [
      ...nameParts(input, { ...requestSchema(planned), description: `What graph "${graph}" takes.` }, names),
      ...nameParts(output, { ...responseSchema(planned), description: `What graph "${graph}" gives.` }, names),
    ];
  });
  const declarations = declared.map(({ name, schema }) =>
    printedType(`\n${schemaToDeclaration(name, schema, { defaults: "optional", readonly: false })}`),
  );
  return textFile("src/types.ts", ts`${head}${usesNumbers(declared) ? numberDeclaration : []}${declarations}`.text);
}

const head: Code = ts`/**
 * What each endpoint takes and gives, as JSON carries it: tensors are nested arrays, pictures and other bytes are base64.
 * Made by ekiben from the schemas that requests are checked against.
 */
`;

const numberDeclaration: Code = ts`
/** JSON has no such numbers, so that they are written as words. */
export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";
`;

function usesNumbers(declared: readonly NamedSchema[]): boolean {
  return declared.some(({ schema }) => JSON.stringify(schema).includes(`"$ref":"#/$defs/${jsonNumber}"`));
}
