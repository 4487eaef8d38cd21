/** What is kept of models between starts: their compiled forms, and what was measured of their batches. */
import type { Placement } from "../group/model-group.js";
import type { MeasuredRun } from "../group/run-cost.js";
import type { Processes } from "../instances/processes.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import type { ModelForm } from "../memory/estimate.js";
import { modelsFolder, profilesFolder } from "./cache-folder.js";
import { CompileCache } from "./compile-cache.js";
import { CompiledModels, keyOf, type ModelSource } from "./compiled-models.js";
import { type ProfileKey, ProfileStore } from "./profile-store.js";

/** More is thrown away, what was not used for longest first. */
const maxBytes = 8 * 2 ** 30;

/** The cache of compiled models in such a folder. */
export function openCache(folder: string): CompileCache {
  return new CompileCache(modelsFolder(folder), maxBytes);
}

/** What was measured, in such a folder. */
export function openProfiles(folder: string): ProfileStore {
  return new ProfileStore(profilesFolder(folder));
}

export class Kept {
  private readonly models: CompiledModels;
  private readonly profiles: ProfileStore;

  constructor(folder: string, processes: Processes) {
    this.models = new CompiledModels(openCache(folder), processes);
    this.profiles = openProfiles(folder);
  }

  /** The request for the form of a model that is best opened in so many sessions. */
  prefer(request: SessionRequest, source: ModelSource, sessions: number): Promise<SessionRequest> {
    return this.models.prefer(request, source, sessions);
  }

  /** The form in which a model would be opened now. */
  formOf(request: SessionRequest, source: ModelSource): Promise<ModelForm> {
    return this.models.formOf(request, source);
  }

  /** Compiles a model for the next time. */
  prepare(request: SessionRequest, source: ModelSource): Promise<void> {
    return this.models.prepare(request, source);
  }

  /** Ends what is being compiled. */
  close(): Promise<void> {
    return this.models.close();
  }

  measured(
    request: SessionRequest,
    source: ModelSource,
    placement: Placement,
  ): Promise<readonly MeasuredRun[] | undefined> {
    return this.profiles.load(profileKey(request, source, placement));
  }

  keepMeasured(
    request: SessionRequest,
    source: ModelSource,
    placement: Placement,
    measured: readonly MeasuredRun[],
  ): Promise<void> {
    return this.profiles.save(profileKey(request, source, placement), measured);
  }
}

function profileKey(
  request: SessionRequest,
  source: ModelSource,
  { intraOpThreads, instances, place }: Placement,
): ProfileKey {
  return {
    compileKey: keyOf(request, source),
    intraOpThreads,
    instances,
    place,
    maxBatchSize: source.model.batching?.maxBatchSize ?? 1,
  };
}
