/** `ekiben dev`: serves with hot reload, a log for people and a page at `/`, also while the spec is broken. */
import { existsSync } from "node:fs";
import { tellAll } from "../../runtime/observe/events.js";
import type { Host } from "../../runtime/server/host.js";
import { createDevRoutes, type DevRoutes } from "../../runtime/server/page/routes.js";
import type { Service } from "../../runtime/server/service.js";
import { startEmptyService } from "../../runtime/server/service.js";
import { createBatchWarning } from "../batch-warning.js";
import { type Command, type CommandContext, listenOptions, specOptions } from "../command.js";
import { Failure } from "../failure.js";
import { follow } from "../follow.js";
import { SpecSource } from "../plan-source.js";
import { listenAt, sayListening, untilStopped } from "../serve.js";
import { findSpec } from "../spec.js";
import { describeStartError } from "../start-error.js";

export const dev: Command = {
  name: "dev",
  usage: "[SPEC] [options]",
  summary: "Serves with hot reload, pretty logs and a page to try the endpoints.",
  options: { ...listenOptions, ...specOptions },
  examples: ["ekiben dev", "ekiben dev examples/iris", "ekiben dev service.yaml --port 0"],
  positionals: { min: 0, max: 1 },
  async run(context) {
    const address = listenAt(context);
    const place = findSpec(context.positionals[0]);
    if (!existsSync(place.path))
      throw new Failure(1, `there is no spec at "${place.file}"`, "`ekiben init` writes one to begin with");
    const source = new SpecSource(place, context);
    const service = await start(source, context, address);
    const reloader = await follow(service, source);
    const stopped = untilStopped(service, () => reloader.close());
    sayListening(service, service.host.current?.plan.service.name ?? place.file, context);
    return stopped;
  },
};

/** Port and log are those of the spec as it is now, where it can be read. */
async function start(
  source: SpecSource,
  context: CommandContext,
  address: ReturnType<typeof listenAt>,
): Promise<Service> {
  const { deployable } = await source.attempt();
  try {
    const options = {
      ...address,
      mode: "dev",
      filesMayChange: true,
      color: context.output.color,
      dev: routes,
    } as const;
    return await startEmptyService(deployable, options);
  } catch (error) {
    await source.close();
    throw describeStartError(error, { place: source.place }, context);
  }
}

/** The page, and beside it the look at what only `dev` looks at. */
function routes(host: Host): DevRoutes {
  const page = createDevRoutes(host);
  const warning = createBatchWarning(host);
  return {
    ...page,
    listener: tellAll([page.listener, warning.listener]),
    close: () => {
      warning.close();
      page.close();
    },
  };
}
