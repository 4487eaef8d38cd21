/** What four instances of a model of 80 MB hold in memory, against one: compiled weights are mapped, and shared. */
import { instancesOf, newCache, serveUsed, writeBoth } from "../instances.js";
import { rounds } from "../length.js";
import { figures, type Measure, ratioRow } from "../measure.js";
import { proportionalMb } from "../process.js";

const roundsOfBoth = 5;

export const memory: Measure = {
  name: "memory",
  run: async () => {
    const { one, many } = writeBoth();
    const cache = newCache();
    // From the second start on, one instance too has its weights mapped: the harder comparison.
    await (await serveUsed(many, cache)).stop();
    const found: { readonly oneMb: number; readonly manyMb: number; readonly instances: number }[] = [];
    for (let round = 0; round < rounds(roundsOfBoth); round++) {
      const first = await serveUsed(one, cache);
      const oneMb = proportionalMb(first.pid);
      await first.stop();
      const second = await serveUsed(many, cache);
      found.push({ oneMb, manyMb: proportionalMb(second.pid), instances: await instancesOf(second) });
      await second.stop();
    }
    const mb = (of: "oneMb" | "manyMb"): string =>
      figures(
        found.map((each) => each[of]),
        "MB",
      );
    return [
      ratioRow({
        measure: `memory (PSS) of ${found[0]?.instances} instances of a model of 80 MB, one thread each`,
        ratios: found.map(({ oneMb, manyMb }) => manyMb / oneMb),
        wanted: { atMost: 1.5 },
        against: "one instance",
        details: `${mb("manyMb")}, one ${mb("oneMb")}; compile cache filled`,
      }),
    ];
  },
};
