/** A service whose files are edited while it serves, with what its answer must be for each of its Plans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SpecSource } from "../../cli/plan-source.js";
import type { Plan } from "../../runtime/plan/plan.js";
import { Reloader } from "../../runtime/server/reloader.js";
import type { Service } from "../../runtime/server/service.js";
import { startEmptyService } from "../../runtime/server/service.js";
import { type Events, recordEvents } from "./events.js";
import { identityModel, onnxModel } from "./onnx-model.js";
import { inRepository } from "./paths.js";
import { folderOf } from "./service.js";

export const same = onnxModel(identityModel("float32[batch, 2]"));
export const negated = onnxModel({
  ...identityModel("float32[batch, 2]"),
  nodes: [{ operator: "Neg", inputs: ["x"], outputs: ["y"] }],
});
/** Its signature is fine, and onnxruntime refuses it. */
export const unknownOperator = onnxModel({
  ...identityModel("float32[batch, 2]"),
  nodes: [{ operator: "NoSuchOperator", inputs: ["x"], outputs: ["y"] }],
});
export const tokenizers = ["bpe", "unigram"].map((kind) =>
  readFileSync(inRepository("tests", "references", "steps", "tokenizers", kind, "tokenizer.json")),
);

/** The spec of an edition: its number stands in several places of the answer. */
export function edition(number: number, extra = ""): string {
  return `
service: edited
models: { sign: m.onnx }
graphs:
  ask:
    inputs:
      x: { type: "float32[2]" }
      text: { type: string, max_length: ${1000 + number} }
    steps:
      - { id: signed, use: sign, with: { x: $x } }
      - { id: named, use: classify.top_k, with: { probabilities: $x, labels: [first ${number}, second ${number}], k: 1 } }
      - { id: filed, use: classify.top_k, with: { probabilities: $x, labels: labels.txt, k: 1 } }
      - { id: tokens, use: text.tokenize, with: { text: $text, tokenizer: tokenizer.json } }
      - { id: padded, use: text.join, with: { texts: [edition, "${number}"], separator: " " } }
${extra}
    outputs: { edition: ${number}, signed: $signed.y, named: "$named[0].label", filed: "$filed[0].label", ids: $tokens.input_ids, padded: $padded }
endpoints:
  - { path: /ask, graph: ask }
server: { port: 0, host: 127.0.0.1 }
observability: { logging: { level: error, access: false } }
`;
}

export interface EditedService {
  readonly folder: string;
  readonly service: Service;
  readonly events: Events;
  path(file: string): string;
  /** The Plan of each generation. */
  readonly plans: ReadonlyMap<number, Plan>;
  close(): Promise<void>;
}

/** Served as `dev` does it. */
export async function startEdited(): Promise<EditedService> {
  const files = { "m.onnx": same, "labels.txt": "left\nright\n", "tokenizer.json": tokenizers[0] ?? "" };
  const folder = folderOf({ ...files, "bentofile.yaml": edition(99) });
  const plans = new Map<number, Plan>();
  const events = recordEvents((event) => {
    if (event.kind === "deployed" && service?.host.current !== undefined)
      plans.set(event.generation, service.host.current.plan);
  });
  const path = join(folder, "bentofile.yaml");
  const options = { text: () => undefined, flag: () => false, list: () => [] };
  const source = new SpecSource({ file: "bentofile.yaml", path }, { options, environment: {} });
  let service: Service | undefined;
  const { deployable } = await source.attempt();
  service = await startEmptyService(deployable, { mode: "production", listeners: [events.listener] });
  const reloader = new Reloader({ source, host: service.host, listener: service.listener });
  await reloader.start();
  const running = service;
  return {
    folder,
    service,
    events,
    plans,
    path: (file) => join(folder, file),
    close: async () => {
      await reloader.close();
      await running.close();
    },
  };
}
