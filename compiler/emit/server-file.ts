/** `src/server.ts`: the routes, typed; what belongs to a start and an end. */
import type { Plan, PlanEndpoint } from "../../runtime/plan/plan.js";
import { type GraphTypes, graphTypes } from "../../runtime/protocols/names.js";
import { type EmittedFile, textFile } from "./emitted-file.js";
import { type Code, joinCode, lineComment, name, ts } from "./typescript.js";

export function serverFile(plan: Plan): EmittedFile {
  const types = graphTypes(plan);
  const routes = plan.endpoints.map((endpoint) => route(endpoint, types.get(endpoint.graph)));
  const code = ts`${lineComment(`The service "${plan.service.name}", compiled from its spec by ekiben.`)}
import { createService } from "ekiben-runtime";
${typeImport([...types.values()].flatMap(({ input, output }) => [input, output]))}import { validators } from "./validators.js";

// The folder above holds the plan (plan.json), the models, and the files that steps read.
const service = createService({ folder: new URL("..", import.meta.url), validators });

// Routes and middleware of your own go here: service.app is an Express app, and what is added to it comes first.
// A body parser belongs to such a route alone, since the endpoints below read their bodies themselves.

// The endpoints. Each line puts a graph of the plan on the network, and returns a function that calls it from here.
${joinCode(routes, "\n")}

// A signal ends the service, once everything that it accepted has been answered.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => service.stop(signal));

// Listens at PORT and HOST, or where the plan says; /docs, /openapi.json, /livez, /readyz and /metrics come with it.
await service.listen();
`;
  return textFile("src/server.ts", code.text);
}

const widest = 120;

/** `import type { … } from "./types.js"`, as long lines of it are broken. */
export function typeImport(names: readonly string[]): Code {
  if (names.length === 0) return ts``;
  const sorted = [...names].sort(inOrder).map(name);
  const line = ts`import type { ${joinCode(sorted, ", ")} } from "./types.js";\n`;
  if (line.text.length - 1 <= widest) return line;
  return ts`import type {\n${sorted.map((each) => ts`  ${each},\n`)}} from "./types.js";\n`;
}

/** As sorted by those who look at names with the numbers in them. */
function inOrder(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function route({ method, path, graph, summary }: PlanEndpoint, types: GraphTypes | undefined): Code {
  if (types === undefined) throw new Error(`invariant: graph "${graph}" has types`);
  const call = ts`service.route<${name(types.input)}, ${name(types.output)}>`;
  const line = ts`${call}(${method}, ${path}, ${graph});`;
  const fits = line.text.length <= widest;
  const comment = summary === undefined ? [] : [ts`${lineComment(summary)}\n`];
  return fits ? ts`${comment}${line}` : ts`${comment}${call}(\n  ${method},\n  ${path},\n  ${graph},\n);`;
}
