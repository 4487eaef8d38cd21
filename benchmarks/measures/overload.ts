/** A convolutional network of tens of milliseconds, asked twice as often as it can answer, with a deadline. */
import type { Measure } from "../measure.js";
import { cnnCall, cnnModel, cnnSpec } from "../models.js";
import { measureOverload, type OverloadCase, rowsOf } from "../overload.js";

export const overload: Measure = {
  name: "overload",
  run: async () => {
    const parts: OverloadCase = {
      title: "CNN",
      model: cnnModel(),
      spec: cnnSpec(),
      call: cnnCall,
      deadlineMs: 500,
      capacityConnections: 4,
      overloadConnections: 200,
      goodput: 0.95,
    };
    return rowsOf(parts, await measureOverload(parts));
  },
};
