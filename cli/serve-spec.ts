/** The work of `ekiben serve`: the spec compiled, deployed, followed when asked, until a signal ends it. */
import type { Lanes } from "../runtime/engine/instances/lanes.js";
import type { Reloader } from "../runtime/server/reloader.js";
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
  const reloader = await follow(service, loaded, context, isWatching);
  const stopped = untilStopped(service, async () => reloader?.close());
  sayListening(service, name, context);
  return stopped;
}

/** The whole spec when asked, else its folders of versions. What follows is loaded only where something does. */
async function follow(
  service: Service,
  loaded: Loaded,
  context: CommandContext,
  isWatching: boolean,
): Promise<Reloader | undefined> {
  if (!isWatching && (loaded.compiled?.versionFolders.length ?? 0) === 0) return undefined;
  const { followSpec, followVersions } = require("./follow.js") as typeof import("./follow.js");
  return isWatching ? followSpec(service, loaded.place, context) : followVersions(service, loaded, context);
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
