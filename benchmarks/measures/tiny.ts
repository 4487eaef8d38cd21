/** A model of microseconds: what a request costs is what is around it. */
import { againstExpress } from "../against-express.js";
import type { Measure } from "../measure.js";
import { tinyCall, tinyModel, tinySpec } from "../models.js";

export const tiny: Measure = {
  name: "tiny",
  run: () =>
    againstExpress({
      name: "tiny",
      title: "tiny model",
      model: tinyModel(),
      spec: tinySpec,
      call: tinyCall,
      connections: 64,
      atLeast: 4,
    }),
};
