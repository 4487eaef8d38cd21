/** A transformer fed with texts of many lengths, which meet in padded batches, against the same spec without batching. */
import { measureLengths, startBoth } from "../encoder.js";
import type { Measure } from "../measure.js";

const lasting = { allowsNoise: false, rounds: 9, seconds: 4 };

export const transformer: Measure = {
  name: "transformer",
  run: async () => {
    const both = await startBoth();
    try {
      return [
        await measureLengths(both, { least: 8, most: 32, atLeast: 1.25, ...lasting }),
        await measureLengths(both, { least: 8, most: 128, atLeast: 1.03, ...lasting }),
      ];
    } finally {
      await both.stop();
    }
  },
};
