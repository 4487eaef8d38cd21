/** The work of `ekiben serve`: the spec compiled, deployed, followed when asked, until a signal ends it. */
import type { Lanes } from "../runtime/engine/instances/lanes.js";
import type { Service } from "../runtime/server/service.js";
import { startService } from "../runtime/server/service.js";
import type { CommandContext } from "./command.js";
import { type Loaded, loadDeployable } from "./deployable.js";
import { Failure } from "./failure.js";
import { listenAt, sayListening, untilStopped } from "./serve.js";
import { describeStartError } from "./start-error.js";

/** `lanes` were started before all of this was loaded. */
export async function serveSpec(context: CommandContext, lanes: Lanes): Promise<number> {
  const address = listenAt(context);
  const loaded = await loadDeployable(context.positionals[0], context);
  const isWatching = context.options.flag("watch");
  if (isWatching && loaded.compiled === undefined)
    throw new Failure(2, "a compiled service has no spec to watch", "leave --watch out, or name the spec");
  const service = await start(loaded, context, address, lanes);
  const name = loaded.deployable.plan.service.name;
  if (!isWatching) {
    sayListening(service, name, context);
    return untilStopped(service);
  }
  const { followSpec } = require("./follow.js") as typeof import("./follow.js");
  const reloader = await followSpec(service, loaded.place, context);
  sayListening(service, name, context);
  return untilStopped(service, () => reloader.close());
}

async function start(
  loaded: Loaded,
  context: CommandContext,
  address: ReturnType<typeof listenAt>,
  lanes: Lanes,
): Promise<Service> {
  try {
    return await startService(loaded.deployable, {
      ...address,
      mode: "production",
      filesMayChange: context.options.flag("watch"),
      color: context.output.color,
      lanes,
    });
  } catch (error) {
    throw describeStartError(error, loaded, context);
  }
}
