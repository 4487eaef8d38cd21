/** The `Server-Timing` of an answer: what each step took, what each model's queue and batch did, and what came from a cache. */
import { counted } from "../counted.js";
import type { OnCache } from "../engine/answers/answer-cache.js";
import type { BatchRun } from "../engine/group/submission.js";

/** Clients refuse an answer whose headers are larger than some 16 KB. */
const maxLength = 4096;

/** The runs of one step; a step with `each` and an item of many rows have several. */
interface ModelTimes {
  longestQueueMs: number;
  readonly runs: Set<BatchRun>;
}

/** Collects the times of one call. */
export class ServerTiming {
  readonly #steps: string[] = [];
  readonly #models = new Map<string, ModelTimes>();
  readonly #caches = new Set<string>();

  readonly onNode = (id: string, startMs: number, endMs: number): void => {
    this.#steps.push(entry(id, endMs - startMs));
  };

  readonly onModel = (id: string, run: BatchRun, queueMs: number): void => {
    const times = this.#models.get(id) ?? { longestQueueMs: 0, runs: new Set() };
    times.longestQueueMs = Math.max(times.longestQueueMs, queueMs);
    times.runs.add(run);
    this.#models.set(id, times);
  };

  readonly onCache: OnCache = ({ kind, name }, use) => {
    this.#caches.add(`${kind === "endpoint" ? "cache" : `${name}.cache`};desc="${use}"`);
  };

  /** The header's value. Steps are left out rather than that it grows without bound. */
  print(totalMs: number): string {
    const entries = [
      entry("total", totalMs),
      ...this.#caches,
      ...this.#steps,
      ...[...this.#models].flatMap(printModel),
    ];
    const kept: string[] = [];
    let length = 0;
    for (const text of entries) {
      length += text.length + 2;
      if (length <= maxLength) kept.push(text);
    }
    return kept.join(", ");
  }
}

function printModel([id, { longestQueueMs, runs }]: [string, ModelTimes]): readonly string[] {
  const runMs = [...runs].reduce((sum, run) => sum + run.runMs, 0);
  const rows = Math.max(...[...runs].map((run) => run.rows));
  const size = runs.size === 1 ? counted(rows, "row") : `${counted(runs.size, "run")} of up to ${counted(rows, "row")}`;
  return [entry(`${id}.queue`, longestQueueMs), `${entry(`${id}.batch`, runMs)};desc="${size}"`];
}

function entry(name: string, ms: number): string {
  return `${name};dur=${ms.toFixed(2)}`;
}
