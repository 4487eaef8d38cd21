/**
 * Follows the files of a service: when some have changed and come to rest, the spec is compiled again and what comes of
 * it is deployed. What cannot be served leaves the service as it is, and says why.
 */
import type { Listener } from "../observe/events.js";
import type { Plan } from "../plan/plan.js";
import { FileWatch } from "./file-watch.js";
import { changedFiles, fingerprintOf, neighboursOf } from "./fingerprint.js";
import type { Deployable, Host } from "./host.js";
import { resolvePlan } from "./settings.js";

/** What came of reading the spec once more. */
export interface Attempt {
  /** Absolute paths of the files that it depends on, also of those that are not there. */
  readonly files: readonly string[];
  /** Those of versions that are not whole yet: what came of it does not depend on them, and will once they are. */
  readonly awaited?: readonly string[];
  /** What the compiler had to say, printed; empty for nothing. */
  readonly text: string;
  /** Absent when there are errors. */
  readonly deployable?: Deployable;
}

/** Where Plans come from. The runtime does not know the compiler; the command line brings them together. */
export interface PlanSource {
  /** Followed whatever an attempt says: the spec, a file of environment variables. */
  readonly files: readonly string[];
  attempt(): Promise<Attempt>;
  /** Why a Plan did not open, printed. */
  describe(error: unknown): string;
  close(): Promise<void>;
}

export interface ReloaderOptions {
  readonly source: PlanSource;
  readonly host: Host;
  readonly listener: Listener;
}

export class Reloader {
  readonly #watch = new FileWatch(() => this.#onChange());
  #state: "idle" | "reloading" | "reloading-again" | "closed" = "idle";
  #reloading: Promise<void> = Promise.resolve();
  #files: readonly string[] = [];
  #awaited: readonly string[] = [];
  /** What was said of what is live. */
  #said: string | undefined;
  #problem: string | undefined;
  #attempts = 0;

  constructor(readonly options: ReloaderOptions) {}

  /** Compiles and deploys once, and follows every change from then on. */
  async start(): Promise<void> {
    this.#onChange();
    await this.#reloading;
  }

  async close(): Promise<void> {
    this.#state = "closed";
    await Promise.all([this.#watch.close(), this.options.source.close()]);
    await this.#reloading;
  }

  #onChange(): void {
    if (this.#state === "idle") {
      this.#state = "reloading";
      this.#reloading = this.#reload();
    } else if (this.#state === "reloading") this.#state = "reloading-again";
  }

  async #reload(): Promise<void> {
    do {
      this.#setReloading();
      await this.#once();
    } while (this.#isAskedAgain());
    if (!this.#isClosed()) this.#state = "idle";
  }

  async #once(): Promise<void> {
    const { source } = this.options;
    const before = fingerprintOf([...source.files, ...this.#files, ...this.#awaited]);
    let attempt: Attempt;
    try {
      this.#attempts++;
      attempt = await source.attempt();
    } catch (error) {
      attempt = { files: [], text: source.describe(error) };
    }
    if (this.#isClosed()) return;
    if (attempt.files.length > 0) this.#files = attempt.files;
    const { awaited: versions = [], deployable } = attempt;
    // A broken spec may not tell what it depends on: what lies beside it may be what it lacks, or a log that never rests.
    this.#awaited =
      deployable === undefined ? [...versions, ...neighboursOf([...source.files, ...this.#files])] : versions;
    const awaited = new Set(this.#awaited);
    const now = fingerprintOf([...source.files, ...this.#files, ...awaited]);
    // What changed while it was read is read again once it is at rest: the watch sees the difference.
    const isAtRest = changedFiles(before, now).every((file) => awaited.has(file));
    if (isAtRest) await this.#apply(attempt);
    // What was not known before may have become whole while it was read: it is looked at once more.
    const found = versions.map((file) => [file, "unknown"] as const);
    this.#watch.follow(new Map([...now, ...found, ...[...before].filter(([file]) => now.has(file))]), awaited);
  }

  async #apply({ deployable, text }: Attempt): Promise<void> {
    if (deployable === undefined) return this.#fail("diagnostics", text);
    const { host, listener, source } = this.options;
    try {
      const previous = host.current?.plan;
      const next = resolvePlan(deployable.plan, deployable.environment);
      const isSame = previous !== undefined && JSON.stringify(previous) === JSON.stringify(next);
      const isNews = this.#attempts > 1 && text !== this.#said;
      if (!isSame || isNews) listener({ kind: "diagnosed", text });
      this.#said = text;
      if (!isSame) await host.deploy(deployable);
      else if (this.#attempts > 1) listener({ kind: "reload-unchanged", isMended: this.#problem !== undefined });
      this.#problem = undefined;
      for (const note of previous === undefined ? [] : laterSettings(previous, next))
        listener({ kind: "note", text: note });
    } catch (error) {
      if (!this.#isClosed()) this.#fail("opening", source.describe(error));
    }
  }

  /** Said once: a change beside a broken spec that leaves it as broken as it was is no news. */
  #fail(reason: "diagnostics" | "opening", text: string): void {
    if (text === this.#problem) return;
    this.#problem = text;
    const isLive = this.options.host.current !== undefined;
    this.options.listener({ kind: "reload-failed", reason, text, isLive });
  }

  // The state is changed by others while a reload awaits, which the compiler does not see.
  #isClosed(): boolean {
    return this.#state === "closed";
  }

  #isAskedAgain(): boolean {
    return this.#state === "reloading-again";
  }

  #setReloading(): void {
    if (!this.#isClosed()) this.#state = "reloading";
  }
}

/** Settings that a running process cannot follow. */
const atStart: readonly (readonly [string, (plan: Plan) => unknown])[] = [
  ["server.host", ({ server }) => server.host],
  ["server.port", ({ server }) => server.port],
  ["server.workers", ({ server }) => server.workers],
  ["observability.logging", ({ observability }) => observability.logging],
  ["observability.metrics.latency_buckets_s", ({ observability }) => observability.metrics.latencyBucketsS],
];

function laterSettings(previous: Plan, next: Plan): readonly string[] {
  return atStart
    .filter(([, read]) => JSON.stringify(read(previous)) !== JSON.stringify(read(next)))
    .map(([field]) => `the new value of "${field}" counts from the next start on`);
}
