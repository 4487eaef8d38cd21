/** A model behind our server under load, against onnxruntime in a loop that runs one row at a time on as many threads. */
import { availableParallelism } from "node:os";
import { choresS, rounds, seconds } from "./length.js";
import { load } from "./load.js";
import { type Row, ratioRow, spread } from "./measure.js";
import { median, output, settled } from "./process.js";
import { bareScript, type Call, startOurs, writeService } from "./service.js";

export interface LoopCase {
  readonly name: string;
  readonly model: Buffer;
  readonly spec: string;
  readonly call: Call;
  /** Of the model's only input, for one row. */
  readonly dims: readonly number[];
  readonly connections: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly atLeast: number;
  readonly title: (loopMs: number) => string;
}

interface Round {
  readonly rate: number;
  readonly cpuMs: number;
  readonly loop: number;
}

/** Rounds of both in turn, the first of which only warms them. */
export async function againstLoop(measured: LoopCase): Promise<readonly Row[]> {
  const { name, call, connections, dims } = measured;
  const { folder, model } = writeService(name, measured.model, measured.spec);
  const ours = await startOurs(folder, call);
  await settled(ours.pid, choresS);
  const threads = availableParallelism();
  const lasting = seconds(measured.seconds);
  const found: Round[] = [];
  for (let round = 0; round <= rounds(measured.rounds); round++) {
    const url = `http://127.0.0.1:${ours.port}${call.path}`;
    const { requestsPerS, cpuMicrosPerRequest } = await load(ours.pid, { ...call, url, connections, seconds: lasting });
    const loop = Number(await output([bareScript("loop"), model, String(threads), String(lasting), dims.join(",")]));
    if (round > 0) found.push({ rate: requestsPerS, cpuMs: cpuMicrosPerRequest / 1000, loop });
  }
  await ours.stop();
  const of = (key: keyof Round): number[] => found.map((round) => round[key]);
  return [
    ratioRow({
      measure: `requests/s, ${measured.title(1000 / median(of("loop")))}`,
      ratios: found.map(({ rate, loop }) => rate / loop),
      wanted: { atLeast: measured.atLeast },
      against: "onnxruntime in a loop",
      details: `${median(of("rate")).toFixed(1)}/s at ${median(of("cpuMs")).toFixed(1)} ms CPU, loop ${median(of("loop")).toFixed(1)}/s (${spread(of("loop"), 1)}), ${threads} threads each`,
    }),
  ];
}
