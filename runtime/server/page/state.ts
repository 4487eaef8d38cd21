/** What the dev page shows, as JSON: the service, its models, and a form for each endpoint. */
import type { PlanEndpoint, PlanExample, PlanGraph, PlanInput, PlanModel } from "../../plan/plan.js";
import { takesSequence } from "../../plan/uses.js";
import { percentOf } from "../../plan/versions.js";
import { namesFile } from "../../protocols/openapi.js";
import { knownType } from "../../types/parse.js";
import type { Type } from "../../types/type.js";
import type { Json } from "../../values/value.js";
import type { Deployment } from "../deployment.js";
import type { Host } from "../host.js";
import { readiness } from "../status.js";

/** How an input is filled in. */
export type FieldKind = "text" | "integer" | "number" | "boolean" | "choice" | "file" | "json";

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly value: Json | undefined;
  readonly minimum?: Json;
  readonly maximum?: Json;
  readonly choices?: Json;
  /** The media types that a file picker offers. */
  readonly accept?: string;
}

export interface FormExample {
  readonly name: string;
  /** Values by input; a file is `{ url, name }` under `files` instead. */
  readonly values: { readonly [input: string]: Json };
  readonly files: { readonly [input: string]: { readonly url: string; readonly name: string } };
}

export function devState(host: Host, problems: string): { readonly [field: string]: unknown } {
  const deployment = host.current;
  const service = deployment?.plan.service;
  return {
    name: service?.name ?? "",
    description: service?.description ?? "",
    generation: deployment?.generation ?? 0,
    readiness: readiness(host).document,
    problems,
    memory: { limitBytes: host.machine.memory.limitBytes, reservedBytes: host.machine.memory.reservedBytes },
    models:
      deployment === undefined ? [] : Object.entries(deployment.plan.models).flatMap(versionsOf(deployment, host)),
    endpoints: deployment?.plan.endpoints.map((endpoint, index) => formOf(deployment, endpoint, index)) ?? [],
  };
}

/** A row for each version. */
function versionsOf(
  { engine }: Deployment,
  { machine }: Host,
): (entry: readonly [string, PlanModel]) => readonly object[] {
  return ([name, model]) =>
    model.versions.map(({ version, file }) => {
      const group = engine.groups.get(name)?.get(version);
      const share = version === model.shadow ? "shadow" : `${percentOf(model, version)} %`;
      return {
        name: model.versions.length === 1 ? name : `${name} ${version} (${share})`,
        file,
        state: group?.state.kind ?? "missing",
        ...group?.placement,
        ...group?.residency,
        reservedBytes: machine.memory.reservedBy(name, version),
        batching: model.batching ?? null,
      };
    });
}

/** What a form sends is a sequence of one request. */
const wholeSequence = { "x-ekiben-sequence": "page; start; end" };

function formOf({ plan }: Deployment, endpoint: PlanEndpoint, index: number): object {
  const graph = plan.graphs[endpoint.graph];
  const { path, method, summary = "", description = "" } = endpoint;
  const examples = endpoint.examples.map((example, at) => exampleOf(example, `/__ekiben/examples/${index}/${at}`));
  const fields = graph === undefined ? [] : fieldsOf(graph, endpoint);
  const headers = takesSequence(plan, endpoint.graph) ? wholeSequence : {};
  return { path, method, summary, description, headers, fields, examples };
}

function fieldsOf(graph: PlanGraph, endpoint: PlanEndpoint): readonly Field[] {
  const example = endpoint.examples[0]?.inputs ?? {};
  return Object.entries(graph.inputs).map(([name, input]) => {
    const type = knownType(input.type);
    const { enum: choices, minimum, maximum } = input.constraints;
    const kind = choices === undefined ? kindOf(type) : "choice";
    return {
      name,
      kind,
      type: input.type,
      required: input.default === undefined,
      description: input.description ?? "",
      value: firstValue(input, example[name]),
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
      ...(choices === undefined ? {} : { choices }),
      ...(type.kind === "image" || type.kind === "audio" ? { accept: `${type.kind}/*` } : {}),
    };
  });
}

function kindOf(type: Type): FieldKind {
  switch (type.kind) {
    case "string":
      return "text";
    case "integer":
    case "number":
    case "boolean":
      return type.kind;
    case "image":
    case "audio":
    case "file":
    case "bytes":
      return "file";
    default:
      return "json";
  }
}

/** Examples of an endpoint fit together; those of an input stand alone. */
function firstValue(input: PlanInput, example: Json | undefined): Json | undefined {
  const own = example !== undefined && namesFile(example) ? undefined : example;
  return own ?? input.examples?.[0] ?? input.default;
}

function exampleOf({ name, inputs }: PlanExample, url: string): FormExample {
  const entries = Object.entries(inputs);
  const files = entries.flatMap(([input, value]) =>
    namesFile(value) ? [[input, { url: `${url}/${encodeURIComponent(input)}`, name: fileNameOf(value) }] as const] : [],
  );
  return {
    name,
    values: Object.fromEntries(entries.filter(([, value]) => !namesFile(value))),
    files: Object.fromEntries(files),
  };
}

function fileNameOf(value: Json): string {
  const file = typeof value === "object" && value !== null && "file" in value ? String(value.file) : "";
  return file.slice(file.lastIndexOf("/") + 1);
}
