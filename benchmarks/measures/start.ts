/** The time to the first answer of a service, and its memory after fifty, against a bare script with the same model. */
import { join } from "node:path";
import { rounds } from "../length.js";
import { figures, type Measure, ratioRow } from "../measure.js";
import { type Running, residentMb } from "../process.js";
import { type Call, post, root, startBare, startOurs } from "../service.js";

const roundsOfBoth = 5;
const calls = 50;
const encoder = join(root, "examples", "summarization");
const model = join(encoder, "models", "all-MiniLM-L6-v2.onnx");
const contentType = "application/json";
const ourCall: Call = {
  path: "/summarize",
  contentType,
  body: Buffer.from(JSON.stringify({ text: "The harbour froze. Ships waited.", sentences: 1 })),
};
const theirCall: Call = { path: "/answer", contentType, body: Buffer.from("{}") };

interface Figures {
  readonly startMs: number;
  readonly memoryMb: number;
}

export const start: Measure = {
  name: "start",
  run: async () => {
    const measured: { readonly ours: Figures; readonly theirs: Figures }[] = [];
    for (let round = 0; round <= rounds(roundsOfBoth); round++) {
      const ours = await startOurs(encoder, ourCall);
      const theirs = await startBare("start", model, theirCall);
      const both = { ours: await figuresOf(ours, ourCall), theirs: await figuresOf(theirs, theirCall) };
      await Promise.all([ours.stop(), theirs.stop()]);
      if (round > 0) measured.push(both);
    }
    const of = (who: "ours" | "theirs", what: keyof Figures): number[] => measured.map((round) => round[who][what]);
    const row = (measure: string, what: keyof Figures, unit: string, atMost: number, against: string) =>
      ratioRow({
        measure,
        ratios: measured.map(({ ours, theirs }) => ours[what] / theirs[what]),
        wanted: { atMost },
        against,
        details: `${figures(of("ours", what), unit)}, bare ${figures(of("theirs", what), unit)}`,
      });
    return [
      row("start to first answer, sentence encoder", "startMs", "ms", 1.5, "bare script"),
      row(`memory after ${calls} calls, sentence encoder`, "memoryMb", "MB", 1.3, "bare script with the model"),
    ];
  },
};

async function figuresOf({ pid, port, firstAnswerMs }: Running, call: Call): Promise<Figures> {
  for (let n = 0; n < calls; n++) await (await post(port, call)).arrayBuffer();
  return { startMs: firstAnswerMs, memoryMb: residentMb(pid) };
}
