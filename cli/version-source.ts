/**
 * The versions of a running service as a source of Plans: the spec and the environment stay as they were at the start, and
 * only what lies in its folders of versions is looked at anew.
 */
import { sep } from "node:path";
import type { Plan } from "../runtime/plan/plan.js";
import type { Deployable } from "../runtime/server/host.js";
import type { Attempt, PlanSource } from "../runtime/server/reloader.js";
import { listOr, quote } from "../runtime/suggest.js";
import type { CompileResult } from "./compile-messages.js";
import { CompileThread } from "./compile-thread.js";
import { toDeployable } from "./deployable.js";
import { describeReloadFailure } from "./plan-source.js";
import type { SpecPlace } from "./spec.js";

export interface VersionSourceOptions {
  readonly place: SpecPlace;
  /** The spec's text at the start, with the values of `--set`. */
  readonly text: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What was deployed at the start. */
  readonly deployed: Deployable;
  readonly color: boolean;
}

export class VersionSource implements PlanSource {
  /** The spec is not followed. */
  readonly files: readonly string[] = [];
  #last: CompileResult | undefined;
  readonly #thread = new CompileThread();

  constructor(private readonly options: VersionSourceOptions) {}

  async attempt(): Promise<Attempt> {
    const { place, text, environment, deployed, color } = this.options;
    const job = { place, text, overrides: [], envFile: undefined, environment: { ...environment }, color };
    const reply = await this.#thread.compile(job);
    if (reply.kind === "failed") return { files: [], text: reply.message };
    this.#last = reply.result;
    const { files, awaited, versionFolders, printed, plan, folder } = reply.result;
    const isVersions = (file: string): boolean =>
      versionFolders.some((each) => file === each || file.startsWith(each + sep));
    const followed = { files: files.filter(isVersions), awaited };
    if (plan === undefined) return { ...followed, text: printed };
    const others = otherChanges(deployed, plan, (name) => isVersions(deployed.pathOf(name)));
    if (others.length > 0) return { ...followed, text: describeOthers(others) };
    return { ...followed, text: printed, deployable: toDeployable({ plan, folder }, environment) };
  }

  describe(error: unknown): string {
    return describeReloadFailure(error, this.#last, this.options.color);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** Files of the service that are not what they were at the start, and are no versions. */
function otherChanges({ plan: deployed }: Deployable, next: Plan, isVersion: (name: string) => boolean): string[] {
  return Object.entries(deployed.files)
    .filter(([name, { sha256 }]) => !isVersion(name) && next.files[name]?.sha256 !== sha256)
    .map(([name]) => name);
}

function describeOthers(names: readonly string[]): string {
  const files = listOr(names.slice(0, 5).map(quote), "and");
  return `error: ${files} changed after the start, and only versions are followed\nhelp: start the service again, or serve it with --watch`;
}
