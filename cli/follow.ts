/** Following the files of a running service. */
import { type PlanSource, Reloader } from "../runtime/server/reloader.js";
import type { Service } from "../runtime/server/service.js";
import type { CommandContext } from "./command.js";
import type { Loaded } from "./deployable.js";
import { SpecSource } from "./plan-source.js";
import { type SpecPlace, specEnvironment } from "./spec.js";
import { VersionSource } from "./version-source.js";

/** Follows a spec and every file it names. */
export function followSpec(service: Service, place: SpecPlace, context: CommandContext): Promise<Reloader> {
  return follow(service, new SpecSource(place, context));
}

/** Follows the files of a service. The first compilation, which every other builds on, is done when it resolves. */
export async function follow(service: Service, source: SpecSource): Promise<Reloader> {
  source.color = service.log.color;
  return startReloader(service, source);
}

/** Follows the folders of versions of a service that was started from this spec; undefined where it has none. */
export async function followVersions(
  service: Service,
  { compiled, deployable, place }: Loaded,
  context: CommandContext,
): Promise<Reloader | undefined> {
  if (compiled === undefined || compiled.versionFolders.length === 0) return undefined;
  const { text } = compiled.source;
  const environment = specEnvironment(context);
  const { color } = service.log;
  return startReloader(service, new VersionSource({ place, text, environment, deployed: deployable, color }));
}

async function startReloader(service: Service, source: PlanSource): Promise<Reloader> {
  const reloader = new Reloader({ source, host: service.host, listener: service.listener });
  await reloader.start();
  return reloader;
}
