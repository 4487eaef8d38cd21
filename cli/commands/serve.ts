/** `ekiben serve`: serves as in production. */
import { type Command, listenOptions, specOptions } from "../command.js";
import { loadDeployable } from "../deployable.js";
import { start, untilStopped } from "../serve.js";

export const serve: Command = {
  name: "serve",
  usage: "[SPEC] [options]",
  summary: "Serves as in production: JSON logs, no reload unless --watch.",
  options: {
    ...listenOptions,
    ...specOptions,
    watch: { type: "boolean", description: "Follows changes of the spec and of every file it names." },
  },
  examples: ["ekiben serve", "ekiben serve examples/iris --port 8080", "PORT=80 ekiben serve service.yaml --watch"],
  positionals: { min: 0, max: 1 },
  async run(context) {
    const loaded = await loadDeployable(context.positionals[0], context);
    const service = await start(loaded, loaded.deployable, context, { mode: "production" });
    return untilStopped(service);
  },
};
