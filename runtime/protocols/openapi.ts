/** The OpenAPI 3.1 document of a Plan: every status, media type and schema that an operation can answer. */
import { type ErrorCode, errorTable } from "../errors.js";
import type { Plan, PlanEndpoint, PlanExample, PlanGraph, PlanModel } from "../plan/plan.js";
import { modelsOf } from "../plan/uses.js";
import { knownType } from "../types/parse.js";
import type { Json } from "../values/value.js";
import { compileNothing, contractOf } from "./contract.js";
import { requestSchema, responseSchema, type Schema } from "./input-schema.js";
import { jsonProtocol } from "./json.js";
import { type GraphTypes, graphTypes, operationNames, typeName } from "./names.js";

/** What every operation may answer, by status. */
const operationErrors: readonly ErrorCode[] = [
  "malformed-body",
  "not-acceptable",
  "body-timeout",
  "body-too-large",
  "unsupported-media-type",
  "invalid-input",
  "queue-full",
  "internal",
  "not-ready",
  "deadline-exceeded",
];

export function printOpenApi(plan: Plan): string {
  return `${JSON.stringify(openApi(plan), null, 2)}\n`;
}

export function openApi(plan: Plan): { readonly [field: string]: unknown } {
  const paths: { [path: string]: { [method: string]: unknown } } = {};
  const types = graphTypes(plan);
  for (const [endpoint, operationId] of operationNames(plan.endpoints)) {
    const graph = plan.graphs[endpoint.graph];
    const names = types.get(endpoint.graph);
    if (graph === undefined || names === undefined) continue;
    const methods = paths[endpoint.path] ?? {};
    const models = modelsOf(plan, endpoint.graph);
    methods[endpoint.method.toLowerCase()] = { operationId, ...operation(endpoint, graph, names, models) };
    paths[endpoint.path] = methods;
  }
  const { name, description } = plan.service;
  return {
    openapi: "3.1.0",
    info: { title: name, version: "1.0.0", ...(description === undefined ? {} : { description }) },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { ...graphSchemas(plan, types), Problem: problemSchema },
      responses: Object.fromEntries(
        errorsOf(Object.values(plan.models)).map((code) => [typeName(code), errorResponse(code)]),
      ),
    },
  };
}

function graphSchemas(plan: Plan, types: ReadonlyMap<string, GraphTypes>): { readonly [name: string]: Schema } {
  return Object.fromEntries(
    [...types.values()].flatMap(({ graph, input, output }) => {
      const planned = plan.graphs[graph];
      if (planned === undefined) return [];
      return [
        [input, requestSchema(planned)],
        [output, responseSchema(planned)],
      ];
    }),
  );
}

function versionParameters(models: readonly PlanModel[]): readonly Schema[] {
  const headers = new Set(models.flatMap(({ traffic }) => (traffic?.header === undefined ? [] : [traffic.header])));
  return [...headers].map((name) => ({
    name,
    in: "header",
    required: false,
    description: "The version or label of a model that is to answer: `4`, or `reader=4` for a model by name.",
    schema: { type: "string" },
  }));
}

function sequenceParameters(models: readonly PlanModel[]): readonly Schema[] {
  if (models.every(({ sequence }) => sequence === undefined)) return [];
  const description =
    "The sequence that the request belongs to, with `; start` at its first and `; end` at its last: `call-7; start`.";
  return [{ name: "x-ekiben-sequence", in: "header", required: true, description, schema: { type: "string" } }];
}

function errorsOf(models: readonly PlanModel[]): readonly ErrorCode[] {
  const keepState = models.some(({ sequence }) => sequence !== undefined);
  return keepState ? [...operationErrors, "sequence-lost"] : operationErrors;
}

function headersOf({ cache }: PlanEndpoint, models: readonly PlanModel[]): Schema {
  const isCached = cache !== undefined || models.some((model) => model.cache !== undefined);
  return {
    ...answerHeaders,
    ...(models.some(({ traffic }) => traffic !== undefined) ? versionHeader : {}),
    ...(isCached ? cacheHeader : {}),
  };
}

const cacheHeader = {
  "x-ekiben-cache": {
    description:
      "Whether the answer was kept from before, `hit` or `miss`; for a model whose answers are kept, `reader=hit`.",
    schema: { type: "string" },
  },
};

const versionHeader = {
  "x-ekiben-version": {
    description: "The version of each model that answered, as `reader=4`.",
    schema: { type: "string" },
  },
};

function operation(
  endpoint: PlanEndpoint,
  graph: PlanGraph,
  types: GraphTypes,
  models: readonly PlanModel[],
): { readonly [field: string]: unknown } {
  const contract = contractOf(graph, compileNothing);
  const { requests, answers } = jsonProtocol.describe(graph, contract);
  const input = { $ref: `#/components/schemas/${types.input}` };
  const output = { $ref: `#/components/schemas/${types.output}` };
  const isGet = endpoint.method === "GET";
  const body = {
    required: contract.needed.length > 0,
    content: Object.fromEntries(
      requests.map((media) => [media, requestContent(media, input, graph, endpoint.examples)]),
    ),
  };
  return {
    ...(endpoint.summary === undefined ? {} : { summary: endpoint.summary }),
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    parameters: [...(isGet ? queryParameters(graph) : []), ...versionParameters(models), ...sequenceParameters(models)],
    ...(isGet ? {} : { requestBody: body }),
    responses: {
      200: {
        description: "The answer.",
        headers: headersOf(endpoint, models),
        content: Object.fromEntries(
          answers.map((media) => [
            media,
            { schema: media === "application/json" ? output : binary, ...answerExamples(media, endpoint.examples) },
          ]),
        ),
      },
      ...Object.fromEntries(
        errorsOf(models).map((code) => [errorTable[code].status, { $ref: `#/components/responses/${typeName(code)}` }]),
      ),
    },
  };
}

const binary: Schema = { type: "string", format: "binary" };
const answerHeaders = {
  "x-request-id": {
    description: "The request's id: the caller's when it sent a sane one.",
    schema: { type: "string" },
  },
  "x-ekiben-generation": { description: "The deployment that made the answer.", schema: { type: "integer" } },
};

function requestContent(media: string, input: Schema, graph: PlanGraph, examples: readonly PlanExample[]): Schema {
  if (media === "application/json") return { schema: input, ...requestExamples(graph, examples) };
  if (media === "multipart/form-data") return { schema: formSchema(graph) };
  return { schema: binary };
}

function formSchema(graph: PlanGraph): Schema {
  const schema = requestSchema(graph);
  const properties = Object.entries(schema["properties"] as { readonly [name: string]: Schema }).map(
    ([name, property]) => {
      const kind = knownType(graph.inputs[name]?.type ?? "json").kind;
      return [name, ["image", "audio", "file", "bytes"].includes(kind) ? binary : property] as const;
    },
  );
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Examples that JSON can carry; those that name a file are for the other media types. */
function requestExamples(graph: PlanGraph, examples: readonly PlanExample[]): Schema {
  const sendable = examples.filter((example) => !Object.values(example.inputs).some(namesFile));
  if (sendable.length > 0)
    return { examples: Object.fromEntries(sendable.map((example) => [example.name, { value: example.inputs }])) };
  const inputs = Object.entries(graph.inputs).map(
    ([name, input]) => [name, input.examples?.[0] ?? input.default] as const,
  );
  return inputs.some(([, value]) => value === undefined) ? {} : { example: Object.fromEntries(inputs) };
}

export function namesFile(value: Json): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    "file" in value &&
    Object.keys(value).length === 1
  );
}

function answerExamples(media: string, examples: readonly PlanExample[]): Schema {
  const known = examples.filter((example) => example.expect !== undefined);
  if (media !== "application/json" || known.length === 0) return {};
  return { examples: Object.fromEntries(known.map((example) => [example.name, { value: example.expect }])) };
}

function queryParameters(graph: PlanGraph): readonly Schema[] {
  const schema = requestSchema(graph);
  const needed = schema["required"] as readonly string[];
  return Object.entries(schema["properties"] as { readonly [name: string]: Schema }).map(([name, property]) => ({
    name,
    in: "query",
    required: needed.includes(name),
    schema: property,
  }));
}

function errorResponse(code: ErrorCode): Schema {
  const retry = {
    "retry-after": { description: "Seconds after which it is worth trying again.", schema: { type: "integer" } },
  };
  return {
    description: errorTable[code].title,
    headers: { ...answerHeaders, ...(code === "queue-full" || code === "not-ready" ? retry : {}) },
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

const problemSchema: Schema = {
  type: "object",
  description: "A problem document (RFC 9457).",
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", enum: Object.keys(errorTable) },
    request_id: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
        required: ["path", "message"],
      },
    },
  },
  required: ["type", "title", "status", "detail", "code", "request_id"],
};
