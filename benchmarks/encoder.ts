/** The sentence encoder of the examples, called with tokens of chosen lengths; with dynamic batching and without. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ratioOf } from "../cli/bench/compare.js";
import { seeded } from "../tests/support/random.js";
import { choresS, rounds, seconds } from "./length.js";
import { load } from "./load.js";
import type { Row } from "./measure.js";
import { median, type Running, settled } from "./process.js";
import { root, startOurs, writeService } from "./service.js";

const names = ["input_ids", "attention_mask", "token_type_ids"];
const path = "/embed";
const contentType = "application/json";
const connections = 32;

function spec(batching: string): string {
  return `service: encoder
models: { net: { source: model.onnx${batching} } }
graphs:
  embed:
    inputs: { ${names.map((name) => `${name}: { type: "int64[length]" }`).join(", ")} }
    steps:
      - { id: out, use: net, with: { ${names.map((name) => `${name}: $${name}`).join(", ")} } }
      - { id: vector, use: embedding.pool, with: { hidden: $out.last_hidden_state, attention_mask: $attention_mask } }
    outputs: { vector: $vector }
endpoints: [{ path: ${path}, graph: embed }]
`;
}

/** So many texts of lengths from `least` to `most`, the same at every run. */
export function bodies(least: number, most: number): readonly Buffer[] {
  const random = seeded(most);
  return Array.from({ length: least === most ? 8 : 64 }, () => {
    const length = least + random.integer(most - least + 1);
    const ids = Array.from({ length }, () => 1000 + random.integer(20_000));
    const all = { input_ids: ids, attention_mask: ids.map(() => 1), token_type_ids: ids.map(() => 0) };
    return Buffer.from(JSON.stringify(all));
  });
}

export interface Both {
  readonly batched: Running;
  readonly single: Running;
  stop(): Promise<void>;
}

export async function startBoth(): Promise<Both> {
  const model = readFileSync(join(root, "examples", "summarization", "models", "all-MiniLM-L6-v2.onnx"));
  const pad = `{ ${names.map((name) => `${name}: 0`).join(", ")} }`;
  const [first = Buffer.alloc(0)] = bodies(8, 8);
  const start = (name: string, batching: string): Promise<Running> =>
    startOurs(writeService(name, model, spec(batching)).folder, { path, contentType, body: first });
  const batched = await start("batched", `, batching: { max_batch_size: 32, pad: ${pad} }`);
  const single = await start("single", "");
  for (const { pid } of [batched, single]) await settled(pid, choresS);
  return { batched, single, stop: async () => void (await Promise.all([batched.stop(), single.stop()])) };
}

export interface LengthsCase {
  readonly least: number;
  readonly most: number;
  readonly atLeast: number;
  /** Whether the limit counts as kept where it lies within the noise. */
  readonly allowsNoise: boolean;
  readonly rounds: number;
  readonly seconds: number;
}

/** Rounds of both in turn, the first of which only warms them. */
export async function measureLengths(both: Both, lengths: LengthsCase): Promise<Row> {
  const { least, most, atLeast, allowsNoise } = lengths;
  const texts = bodies(least, most);
  const [body = Buffer.alloc(0)] = texts;
  const rateOf = async ({ pid, port }: Running): Promise<number> => {
    const url = `http://127.0.0.1:${port}${path}`;
    const lasting = seconds(lengths.seconds);
    const { requestsPerS, failed } = await load(pid, {
      url,
      contentType,
      body,
      bodies: texts,
      connections,
      seconds: lasting,
    });
    if (failed > 0) throw new Error(`${failed} requests failed`);
    return requestsPerS;
  };
  const rates: { readonly batched: number; readonly single: number }[] = [];
  for (let round = 0; round <= rounds(lengths.rounds); round++) {
    const order = round % 2 === 0 ? (["batched", "single"] as const) : (["single", "batched"] as const);
    const found = { batched: 0, single: 0 };
    for (const who of order) found[who] = await rateOf(both[who]);
    if (round > 0) rates.push(found);
  }
  const { mean, from, to } = ratioOf(
    "throughput",
    rates.map(({ batched, single }) => batched / single),
  );
  const of = (who: "batched" | "single"): string => median(rates.map((rate) => rate[who])).toFixed(0);
  return {
    measure: `requests/s, sentence encoder, ${least === most ? `${least} tokens` : `${least}–${most} tokens`}, ${connections} connections`,
    wanted: `≥ ${atLeast.toFixed(2)} × the same spec without batching${allowsNoise ? ", beyond the noise" : ""}`,
    measured: `${mean.toFixed(3)} × (95 %: ${from.toFixed(3)}–${to.toFixed(3)} in ${rates.length})`,
    ok: (allowsNoise ? to : mean) >= atLeast,
    details: `${of("batched")}/s, unbatched ${of("single")}/s`,
  };
}
