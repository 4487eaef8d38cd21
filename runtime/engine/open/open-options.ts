/** What a model's sessions are opened with, and the files that they are opened from. */
import type { PlanFile, PlanModel, PlanVersion } from "../../plan/plan.js";
import { newestVersion } from "../../plan/versions.js";
import type { Clock } from "../clock.js";
import type { ModelSource } from "../compiled/compiled-models.js";
import type { Kept } from "../compiled/kept.js";
import type { SpareMemory } from "../group/thread-share.js";
import type { Lanes } from "../instances/lanes.js";
import type { Processes } from "../instances/processes.js";
import type { Observer } from "../observer.js";

export interface OpenGroupOptions {
  readonly name: string;
  /** Its settings resolved: no reference to the environment is left. */
  readonly model: PlanModel;
  /** The newest unless said otherwise. */
  readonly version?: PlanVersion;
  /** The absolute path of a file of the Plan. */
  readonly files: (name: string) => string;
  /** Whether they may be written to while they are served. */
  readonly filesMayChange?: boolean;
  /** What the Plan says of a file. */
  readonly fileOf?: (name: string) => PlanFile | undefined;
  /** Threads of an instance whose model does not say how many; all cores unless said otherwise. */
  readonly sharedThreads?: number;
  /** Memory for so many more instances; rejects where there is none. Absent: nobody counts. */
  readonly reserve?: (instances: number) => Promise<SpareMemory>;
  /** Compiled models and measurements, where they are kept. */
  readonly kept?: Kept;
  /** Whether the group does chores while nobody comes: measures batches, and has the model compiled for the next time. */
  readonly doesChores?: boolean;
  readonly lanes: Lanes;
  readonly processes: Processes;
  readonly observer: Observer;
  readonly clock: Clock;
}

export function sourceOf(
  options: Pick<OpenGroupOptions, "name" | "model" | "files" | "fileOf" | "version">,
): ModelSource {
  const { name, model, files, fileOf } = options;
  const { file, externalData } = options.version ?? newestVersion(model);
  const names = [file, ...externalData];
  const known = names.flatMap((each) => {
    const planned = fileOf?.(each);
    return planned === undefined ? [] : [{ ...planned, path: files(each) }];
  });
  return { name, model, files: known };
}
