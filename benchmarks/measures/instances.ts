/**
 * How long an instance after the first takes to open, against the first one with an empty compile cache. What each further one
 * takes is a third of what four take beyond one.
 */
import { manyInstances, newCache, openMs, writeBoth } from "../instances.js";
import { rounds } from "../length.js";
import { figures, type Measure, ratioRow } from "../measure.js";

const roundsOfAll = 7;

export const instances: Measure = {
  name: "instances",
  run: async () => {
    const { one, many } = writeBoth();
    const found: { readonly firstMs: number; readonly laterMs: number; readonly emptyMs: number }[] = [];
    for (let round = 0; round < rounds(roundsOfAll); round++) {
      const firstMs = await openMs(one, newCache());
      const cache = newCache();
      const emptyMs = await openMs(many, cache);
      const oneMs = await openMs(one, cache);
      const manyMs = await openMs(many, cache);
      found.push({ firstMs, emptyMs, laterMs: (manyMs - oneMs) / (manyInstances - 1) });
    }
    const of = (key: "firstMs" | "laterMs" | "emptyMs"): string =>
      figures(
        found.map((each) => each[key]),
        "ms",
      );
    return [
      ratioRow({
        measure: "start of each instance after the first, model of 80 MB",
        ratios: found.map(({ firstMs, laterMs }) => laterMs / firstMs),
        wanted: { atMost: 0.5 },
        against: "the first, with an empty compile cache",
        details: `${of("laterMs")}, the first ${of("firstMs")}; all four with an empty cache, compilation included, ${of("emptyMs")}`,
      }),
    ];
  },
};
