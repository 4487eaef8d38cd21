/** Makes `compiler/spec/types.ts` from the spec's schema. */

import { typeName } from "../../runtime/protocols/names.js";
import type { Schema } from "../emit/schema-to-ts.js";
import { schemaToDeclaration } from "../emit/schema-to-ts.js";

const options = { defaults: "filled", readonly: true } as const;

export function printSpecTypes(schema: Schema): string {
  const definitions = Object.entries(schema["$defs"] as { [name: string]: Schema });
  return `/** The types of a checked spec. Made from \`schemas/spec.schema.json\` by \`npm run generate\`; do not edit. */

${schemaToDeclaration("SpecDocument", schema, options)}
${definitions.map(([name, definition]) => `${schemaToDeclaration(typeName(name), definition, options)}\n`).join("")}`
    .trimEnd()
    .concat("\n");
}
