/** Holds the current deployment. `deploy` opens the next one beside it and swaps in one assignment; what fails leaves it as it is. */
import type { Machine } from "../engine/engine.js";
import { openEngine } from "../engine/engine.js";
import { keepTokenizers } from "../engine/resources.js";
import { EkibenError } from "../errors.js";
import type { Listener } from "../observe/events.js";
import type { Environment } from "../plan/env.js";
import type { Plan } from "../plan/plan.js";
import type { Tokenizer } from "../steps/resources/tokenizer.js";
import { Deployment, makeDoors, type Validators } from "./deployment.js";
import { selfTest } from "./examples/self-test.js";
import { resolvePlan } from "./settings.js";

export interface Deployable {
  readonly plan: Plan;
  /** Where a file of the Plan lies. */
  readonly pathOf: (file: string) => string;
  readonly environment: Environment;
  readonly validators?: Validators;
  /** Tokenizers by file, where whoever made the Plan has loaded them. */
  readonly tokenizers?: ReadonlyMap<string, Tokenizer>;
  /** Throws where the Plan must not become live; looked at while its models open. */
  readonly check?: () => Promise<void>;
}

export class Host {
  #current: Deployment | undefined;
  #generation = 0;
  #deploying: Promise<unknown> = Promise.resolve();
  #isClosing = false;
  readonly #retired = new Set<Promise<void>>();

  constructor(
    readonly machine: Machine,
    readonly listener: Listener,
  ) {}

  /** Absent until the first Plan is live. */
  get current(): Deployment | undefined {
    return this.#current;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Makes a Plan live. One at a time; throws what kept it from opening. */
  deploy(next: Deployable): Promise<Deployment> {
    const deployed = this.#deploying.then(() => this.#deploy(next));
    this.#deploying = deployed.catch(() => {});
    return deployed;
  }

  async #deploy({ plan, pathOf, environment, validators, tokenizers, check }: Deployable): Promise<Deployment> {
    if (this.#isClosing) throw new EkibenError("not-ready", "The service is stopping.");
    const start = performance.now();
    const resolved = resolvePlan(plan, environment);
    const previous = this.#current;
    if (tokenizers !== undefined) keepTokenizers(plan, tokenizers, this.machine.resources);
    const opening = openEngine(resolved, pathOf, this.machine);
    // The doors are made while the models open in their threads.
    const making = afterEvents().then(() => makeDoors(resolved, validators, previous?.doors));
    const [opened, made, checked] = await Promise.allSettled([opening, making, check?.()]);
    if (opened.status === "rejected" || made.status === "rejected" || checked.status === "rejected") {
      if (opened.status === "fulfilled") await opened.value.close();
      // What the check found may be why a model did not open.
      const failed = [checked, opened, made].find(({ status }) => status === "rejected");
      throw failed?.status === "rejected" ? failed.reason : new Error("invariant: one of them failed");
    }
    if (previous !== undefined)
      await selfTest({ engine: opened.value, pathOf, timeoutMs: made.value.settings.timeoutMs }, previous.plan).catch(
        async (error: unknown) => {
          await opened.value.close();
          throw error;
        },
      );
    const next = new Deployment({
      plan: resolved,
      engine: opened.value,
      doors: made.value,
      pathOf,
      generation: this.#generation + 1,
    });
    this.#generation++;
    this.#current = next;
    if (previous !== undefined) this.#retire(previous);
    this.listener({
      kind: "deployed",
      generation: next.generation,
      digest: plan.digest,
      durationMs: performance.now() - start,
    });
    return next;
  }

  #retire(deployment: Deployment): void {
    deployment.retire();
    this.#retired.add(deployment.closed);
    void deployment.closed.then(() => {
      this.#retired.delete(deployment.closed);
      if (!this.#isClosing) void this.#current?.engine.shareCores();
    });
  }

  /** Says that the service is stopping: not ready any more, and no new deployments. */
  beginClosing(): void {
    this.#isClosing = true;
  }

  /** Lets every accepted request finish, then closes all models and threads. */
  async close(): Promise<void> {
    this.beginClosing();
    await this.#deploying;
    if (this.#current !== undefined) this.#retire(this.#current);
    await Promise.all(this.#retired);
    await this.machine.close();
  }
}

/** Once what is under way has got as far as it can without waiting. */
export function afterEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
