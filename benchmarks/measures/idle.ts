/** What a server that was used and has nothing to do takes of a core. */
import { join } from "node:path";
import { choresS, isShort, rounds } from "../length.js";
import { type Measure, spread } from "../measure.js";
import { cpuMicros, median, settled } from "../process.js";
import { type Call, post, root, startOurs } from "../service.js";

const idleS = isShort ? 2 : 30;
const calls = 200;
const call: Call = {
  path: "/summarize",
  contentType: "application/json",
  body: Buffer.from(JSON.stringify({ text: "The harbour froze. Ships waited.", sentences: 1 })),
};

export const idle: Measure = {
  name: "idle",
  run: async () => {
    const server = await startOurs(join(root, "examples", "summarization"), call);
    try {
      for (let n = 0; n < calls; n++) await (await post(server.port, call)).arrayBuffer();
      await settled(server.pid, choresS);
      const shares: number[] = [];
      for (let round = 0; round < rounds(3); round++) {
        const before = cpuMicros(server.pid);
        await pause(idleS);
        shares.push((cpuMicros(server.pid) - before) / (idleS * 1e6));
      }
      const percents = shares.map((share) => 100 * share);
      return [
        {
          measure: `CPU of an idle server, sentence encoder, after ${calls} calls`,
          wanted: "< 1 % of a core",
          measured: `${median(percents).toFixed(2)} % (${spread(percents, 2)} in ${percents.length})`,
          ok: median(percents) < 1,
          details: `over ${idleS} s each`,
        },
      ];
    } finally {
      await server.stop();
    }
  },
};

function pause(s: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, s * 1000));
}
