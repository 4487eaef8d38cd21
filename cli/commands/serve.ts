/** `ekiben serve`: serves as in production. */
import { Lanes } from "../../runtime/engine/instances/lanes.js";
import { type Command, listenOptions, specOptions } from "../command.js";

export const serve: Command = {
  name: "serve",
  usage: "[SPEC] [options]",
  summary:
    "Serves as in production: JSON logs, no reload unless --watch; new versions of models are taken as they come.",
  options: {
    ...listenOptions,
    ...specOptions,
    watch: { type: "boolean", description: "Follows changes of the spec and of every file it names." },
  },
  examples: ["ekiben serve", "ekiben serve examples/iris --port 8080", "PORT=80 ekiben serve service.yaml --watch"],
  positionals: { min: 0, max: 1 },
  run(context) {
    // A thread loads onnxruntime while this one loads and runs the compiler.
    const lanes = new Lanes();
    lanes.warm();
    const { serveSpec } = require("../serve-spec.js") as typeof import("../serve-spec.js");
    return serveSpec(context, lanes);
  },
};
