/** Following the files of a running service. */
import { Reloader } from "../runtime/server/reloader.js";
import type { Service } from "../runtime/server/service.js";
import type { CommandContext } from "./command.js";
import { SpecSource } from "./plan-source.js";
import type { SpecPlace } from "./spec.js";

/** Follows a spec and every file it names. */
export function followSpec(service: Service, place: SpecPlace, context: CommandContext): Promise<Reloader> {
  return follow(service, new SpecSource(place, context));
}

/** Follows the files of a service. The first compilation, which every other builds on, is done when it resolves. */
export async function follow(service: Service, source: SpecSource): Promise<Reloader> {
  source.color = service.log.color;
  const reloader = new Reloader({ source, host: service.host, listener: service.listener });
  await reloader.start();
  return reloader;
}
