/** A model under load, behind our server and behind what a person would write first: Express, express.json, onnxruntime inline. */
import { choresS, rounds, seconds } from "./length.js";
import { type LoadResult, load } from "./load.js";
import { figures, type Row, ratioRow } from "./measure.js";
import { type Running, settled } from "./process.js";
import { type Call, startBare, startOurs, writeService } from "./service.js";

export interface ExpressCase {
  readonly name: string;
  readonly model: Buffer;
  readonly spec: string;
  readonly call: Call;
  readonly connections: number;
  readonly atLeast: number;
  /** How the rows call it. */
  readonly title: string;
}

const roundsOfBoth = 7;
const secondsOfEach = 3;

interface Round {
  readonly ours: LoadResult;
  readonly theirs: LoadResult;
}

/** Rounds of both in turn, the first of which only warms them. */
export async function againstExpress(measured: ExpressCase): Promise<readonly Row[]> {
  const { folder, model } = writeService(measured.name, measured.model, measured.spec);
  const ours = await startOurs(folder, measured.call);
  const theirs = await startBare("server", model, measured.call);
  await settled(ours.pid, choresS);
  const measuredRounds: Round[] = [];
  for (let round = 0; round <= rounds(roundsOfBoth); round++) {
    const both = { ours: await drive(ours, measured), theirs: await drive(theirs, measured) };
    if (round > 0) measuredRounds.push(both);
  }
  await Promise.all([ours.stop(), theirs.stop()]);
  return rowsOf(measured, measuredRounds);
}

function drive({ pid, port }: Running, { call, connections }: ExpressCase): Promise<LoadResult> {
  const { path, contentType, body } = call;
  return load(pid, {
    url: `http://127.0.0.1:${port}${path}`,
    contentType,
    body,
    connections,
    seconds: seconds(secondsOfEach),
  });
}

function rowsOf({ title, connections, atLeast }: ExpressCase, measured: readonly Round[]): readonly Row[] {
  const of = (who: keyof Round, what: keyof LoadResult): readonly number[] => measured.map((round) => round[who][what]);
  const failed = measured.reduce((sum, { ours }) => sum + ours.failed, 0);
  const common = { wanted: { atLeast }, against: "bare Express" } as const;
  return [
    ratioRow({
      ...common,
      measure: `requests/s, ${title}, ${connections} connections`,
      ratios: measured.map(({ ours, theirs }) => ours.requestsPerS / theirs.requestsPerS),
      details: `${figures(of("ours", "requestsPerS"), "/s")}, bare ${figures(of("theirs", "requestsPerS"), "/s")}; failed ${failed}`,
    }),
    ratioRow({
      ...common,
      measure: `CPU per request, ${title}, ${connections} connections`,
      ratios: measured.map(({ ours, theirs }) => theirs.cpuMicrosPerRequest / ours.cpuMicrosPerRequest),
      details: `${figures(of("ours", "cpuMicrosPerRequest"), "µs")}, bare ${figures(of("theirs", "cpuMicrosPerRequest"), "µs")}`,
    }),
  ];
}
