/** `src/client.ts`: a typed client without dependencies, one method an endpoint. */
import type { Plan, PlanEndpoint, PlanGraph } from "../../runtime/plan/plan.js";
import { type GraphTypes, graphTypes, operationNames } from "../../runtime/protocols/names.js";
import { knownType } from "../../runtime/types/parse.js";
import { clientName } from "./client-name.js";
import { clientFoot, clientHead, mediaType, type Sender, senders } from "./client-text.js";
import { type EmittedFile, textFile } from "./emitted-file.js";
import { typeImport } from "./server-file.js";
import { type Code, docComment, joinCode, name, ts } from "./typescript.js";

export function clientFile(plan: Plan): EmittedFile {
  const types = graphTypes(plan);
  const used = [...types.values()];
  const requests = used.flatMap((each) => mediaRequest(each, plan.graphs[each.graph]));
  const sent = new Set(plan.endpoints.map((endpoint) => senderOf(endpoint, plan.graphs[endpoint.graph])));
  const needed = (["json", "form", "query"] as const).filter((sender) => sent.has(sender));
  const methods = [...operationNames(plan.endpoints)].map(([endpoint, method]) =>
    clientMethod(endpoint, method, types.get(endpoint.graph), plan.graphs[endpoint.graph]),
  );
  const code = ts`${docComment(`A typed client of the service "${plan.service.name}". It needs fetch, and nothing else.`)}${typeImport(
    used.flatMap(({ input, output }) => [input, output]),
  )}${clientHead}${requests.length === 0 ? [] : mediaType}${requests}
export class ${name(clientName(plan))} {
${clientFoot.fields}
${joinCode(methods, "\n")}${clientFoot.methods}${needed.map((sender) => senders[sender])}`;
  return textFile("src/client.ts", code.text);
}

function senderOf({ method }: PlanEndpoint, graph: PlanGraph | undefined): Sender {
  return method === "GET" ? "query" : mediaInputs(graph).length > 0 ? "form" : "json";
}

const mediaKinds = ["image", "audio", "file", "bytes"];

/** The inputs that are sent as they are in a form or query: texts, and bytes. */
function inputsOf(graph: PlanGraph | undefined, test: (kind: string) => boolean): readonly string[] {
  return Object.entries(graph?.inputs ?? {})
    .filter(([, input]) => {
      const type = knownType(input.type);
      return test(type.kind === "list" ? `list of ${type.item.kind}` : type.kind);
    })
    .map(([input]) => input);
}

function mediaInputs(graph: PlanGraph | undefined): readonly string[] {
  return inputsOf(graph, (kind) => mediaKinds.includes(kind.replace("list of ", "")));
}

/** Where a graph takes media: its input with bytes in their places. */
function mediaRequest({ input }: GraphTypes, graph: PlanGraph | undefined): readonly Code[] {
  const media = mediaInputs(graph);
  if (media.length === 0 || graph === undefined) return [];
  const lists = inputsOf(graph, (kind) => kind.startsWith("list of "));
  const fields = media.map((each) => {
    const optional = graph.inputs[each]?.default === undefined ? ts`` : ts`?`;
    return ts`  ${propertyKey(each)}${optional}: Media${lists.includes(each) ? ts`[]` : ts``};\n`;
  });
  const union = joinCode(
    media.map((each) => ts`${each}`),
    " | ",
  );
  return [
    ts`
/** ${name(input)}, its pictures and other bytes as they are. */
export interface ${name(requestName(input))} extends Omit<${name(input)}, ${union}> {
${fields}}
`,
  ];
}

function requestName(input: string): string {
  return input.replace(/Input$/, "Request");
}

function propertyKey(key: string): Code {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? name(key) : ts`${key}`;
}

function clientMethod(
  endpoint: PlanEndpoint,
  method: string,
  types: GraphTypes | undefined,
  graph: PlanGraph | undefined,
): Code {
  if (types === undefined) throw new Error(`invariant: graph "${endpoint.graph}" has types`);
  const hasMedia = mediaInputs(graph).length > 0;
  const sender = senderOf(endpoint, graph);
  const input = name(hasMedia ? requestName(types.input) : types.input);
  const raw = inputsOf(graph, (kind) => kind === "string" || mediaKinds.includes(kind.replace("list of ", "")));
  const head = ts`  ${name(method)}(input: ${input}, options?: CallOptions): Promise<${name(types.output)}> {`;
  const body = sender === "json" ? ts`json(input)` : encoded(sender, raw);
  const call = ts`    return this.#call(${endpoint.method}, ${endpoint.path}, ${body}, options);`;
  return ts`${docComment(describe(endpoint), "  ")}${brokenHead(head, method, input, types)}
${brokenCall(call, endpoint, body)}
  }
`;
}

function describe({ summary, description, method, path }: PlanEndpoint): string {
  return [summary ?? `Calls ${method} ${path}.`, ...(description === undefined ? [] : ["", description])].join("\n");
}

function encoded(how: Sender, raw: readonly string[]): Code {
  const names = joinCode(
    raw.map((each) => ts`${each}`),
    ", ",
  );
  return ts`${name(how)}(input, [${names}])`;
}

const widest = 120;

function brokenHead(head: Code, method: string, input: Code, types: GraphTypes): Code {
  if (head.text.length <= widest) return head;
  return ts`  ${name(method)}(
    input: ${input},
    options?: CallOptions,
  ): Promise<${name(types.output)}> {`;
}

function brokenCall(call: Code, { method, path }: PlanEndpoint, body: Code): Code {
  if (call.text.length <= widest) return call;
  return ts`    return this.#call(
      ${method},
      ${path},
      ${body},
      options,
    );`;
}
