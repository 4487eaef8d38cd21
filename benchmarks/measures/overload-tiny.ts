/** A model of microseconds, asked twice as often as its server can answer: what is refused costs nearly what an answer does. */
import type { Measure } from "../measure.js";
import { tinyCall, tinyModel, tinySpec } from "../models.js";
import { measureOverload, type OverloadCase, rowsOf } from "../overload.js";

export const overloadTiny: Measure = {
  name: "overload-tiny",
  run: async () => {
    const parts: OverloadCase = {
      title: "tiny model",
      model: tinyModel(),
      spec: tinySpec,
      call: tinyCall,
      deadlineMs: 1_000,
      capacityConnections: 64,
      overloadConnections: 1_000,
      goodput: 0.5,
    };
    const [goodput] = rowsOf(parts, await measureOverload(parts));
    return goodput === undefined ? [] : [goodput];
  },
};
