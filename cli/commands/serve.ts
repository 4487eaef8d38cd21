/** `ekiben serve`: serves as in production. */
import type { Service } from "../../runtime/server/service.js";
import { startService } from "../../runtime/server/service.js";
import { type Command, type CommandContext, listenOptions, specOptions } from "../command.js";
import { type Loaded, loadDeployable } from "../deployable.js";
import { Failure } from "../failure.js";
import { SpecSource } from "../plan-source.js";
import { follow, listenAt, sayListening, untilStopped } from "../serve.js";
import { describeStartError } from "../start-error.js";

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
    const address = listenAt(context);
    const loaded = await loadDeployable(context.positionals[0], context);
    if (context.options.flag("watch") && loaded.compiled === undefined)
      throw new Failure(2, "a compiled service has no spec to watch", "leave --watch out, or name the spec");
    const service = await start(loaded, context, address);
    if (!context.options.flag("watch")) {
      sayListening(service, loaded.deployable.plan.service.name, context);
      return untilStopped(service);
    }
    const reloader = await follow(service, new SpecSource(loaded.place, context));
    sayListening(service, loaded.deployable.plan.service.name, context);
    return untilStopped(service, () => reloader.close());
  },
};

async function start(loaded: Loaded, context: CommandContext, address: ReturnType<typeof listenAt>): Promise<Service> {
  try {
    return await startService(loaded.deployable, { ...address, mode: "production", color: context.output.color });
  } catch (error) {
    throw describeStartError(error, loaded, context);
  }
}
