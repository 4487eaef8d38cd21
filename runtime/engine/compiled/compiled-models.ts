/** Which form of a model is opened: the compiled one where there is one, made at once where several sessions would share it. */
import type { PlanFile, PlanModel } from "../../plan/plan.js";
import type { Processes } from "../instances/processes.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import type { ModelForm } from "../memory/estimate.js";
import type { CompileCache, Compiled } from "./compile-cache.js";
import { compileKey } from "./compile-key.js";
import { compiledRequest, compileModel } from "./compile-model.js";

export interface ModelSource {
  readonly name: string;
  readonly model: Pick<PlanModel, "inputs" | "batching">;
  /** The model's files: their paths, and what the Plan says of them. */
  readonly files: readonly (PlanFile & { readonly path: string })[];
}

/** Smaller models open in no time as they are, and their weights are no burden. */
const smallestBytes = 2 ** 20;

export class CompiledModels {
  private readonly making = new Map<string, Promise<Compiled | undefined>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly cache: CompileCache,
    private readonly processes: Processes,
  ) {}

  /** The request for the compiled form where there is one, or where it is worth making now; else the request as it is. */
  async prefer(request: SessionRequest, source: ModelSource, sessions: number): Promise<SessionRequest> {
    if (!isEligible(request, source)) return request;
    const key = keyOf(request, source);
    const found = (await this.cache.find(key)) ?? (sessions > 1 ? await this.make(key, request, source) : undefined);
    return found === undefined || found.kind === "unsuitable" ? request : compiledRequest(request, found.file);
  }

  /** The form in which it would be opened now. */
  async formOf(request: SessionRequest, source: ModelSource): Promise<ModelForm> {
    if (!isEligible(request, source)) return "written";
    const found = await this.cache.find(keyOf(request, source));
    return found === undefined || found.kind === "unsuitable" ? "written" : found.kind;
  }

  /** Makes the compiled form for the next time, where there is none. */
  async prepare(request: SessionRequest, source: ModelSource): Promise<void> {
    if (!isEligible(request, source)) return;
    const key = keyOf(request, source);
    if ((await this.cache.find(key)) === undefined) await this.make(key, request, source);
  }

  /** Ends what is being made; nothing is left of it. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.making.values());
  }

  private make(key: string, request: SessionRequest, source: ModelSource): Promise<Compiled | undefined> {
    let making = this.making.get(key);
    if (making === undefined) {
      const { name, model, files: sources } = source;
      const { processes } = this;
      const { signal } = this.stop;
      making = this.cache
        .put(key, name, (folder) => compileModel({ name, model, request, sources, processes, signal }, folder))
        .finally(() => this.making.delete(key));
      this.making.set(key, making);
    }
    return making;
  }
}

/** What the compiled form depends on. */
export function keyOf(request: SessionRequest, { files }: ModelSource): string {
  return compileKey(
    files.map(({ sha256 }) => sha256),
    request,
  );
}

/** What onnxruntime writes can be read by sessions on the CPU alone. */
function isEligible({ device, options }: SessionRequest, { files }: ModelSource): boolean {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const isTheUsers = Object.keys(options.extra).some((name) => name.startsWith("session.optimized_model"));
  return device === "cpu" && bytes >= smallestBytes && !isTheUsers;
}
