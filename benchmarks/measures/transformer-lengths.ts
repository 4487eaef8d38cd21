/** A transformer fed with texts of one length: where batching does not pay, it must not cost either. */
import { measureLengths, startBoth } from "../encoder.js";
import type { Measure, Row } from "../measure.js";

const lasting = { atLeast: 0.97, allowsNoise: true, rounds: 7, seconds: 3 };

export const transformerLengths: Measure = {
  name: "transformer-lengths",
  run: async () => {
    const both = await startBoth();
    try {
      const rows: Row[] = [];
      for (const length of [8, 16, 32, 64, 128, 256])
        rows.push(await measureLengths(both, { least: length, most: length, ...lasting }));
      return rows;
    } finally {
      await both.stop();
    }
  },
};
