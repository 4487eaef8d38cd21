/** What a version of a model will take in memory, as things are now: a model that was compiled meanwhile takes less. */

import { newestVersion } from "../../plan/versions.js";
import { devices } from "../instances/devices.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import { type OpenGroupOptions, sourceOf } from "../open/open-options.js";
import { countOf, wantedInstances } from "../open/wanted-instances.js";
import { estimateBytes } from "./estimate.js";

export type NeedOptions = Pick<OpenGroupOptions, "name" | "model" | "version" | "files" | "fileOf" | "kept" | "lanes">;

/** `more`: instances beside those that it asks for. */
export async function needOf(options: NeedOptions, more = 0): Promise<number> {
  const { model, version = newestVersion(model), kept, lanes } = options;
  const source = sourceOf(options);
  const wanted = wantedInstances(model, lanes.cores);
  const onCpu = wanted.every(({ devices: tried }) => tried.every((device) => devices[device].usesCores));
  return estimateBytes({
    bytes: source.files.reduce((sum, { bytes }) => sum + bytes, 0),
    halfBytes: onCpu ? (version.halfBytes ?? 0) : 0,
    sessions: countOf(wanted) + more,
    isolation: model.isolation ?? "thread",
    form: (onCpu ? await kept?.formOf(requestOf(options), source) : undefined) ?? "written",
  });
}

/** As far as the compiled form depends on it. */
function requestOf({ model }: NeedOptions): SessionRequest {
  return { file: "", device: "cpu", intraOpThreads: 1, options: model.session };
}
