/**
 * A shadow: a version that gets a copy of what another one was asked, once that has answered. Nobody waits for it, and
 * what becomes of the copy is only told to the observer. Where it cannot keep up, or is not wanted any more, copies are dropped.
 */

import { Stop } from "../../stop.js";
import { largestDifference } from "../../values/difference.js";
import type { Tensor } from "../../values/value.js";
import type { Clock } from "../clock.js";
import type { AnsweringGroup } from "../graph/model-node.js";
import type { Feeds } from "../group/check-feeds.js";
import type { ModelGroup } from "../group/model-group.js";
import type { Observer, ShadowEvent } from "../observer.js";

export interface ShadowParts {
  readonly model: string;
  readonly version: string;
  readonly group: ModelGroup;
  readonly observer: Observer;
  readonly clock: Clock;
}

/** Copies that are held at the same time, and their bytes with those of the answers that they are held against. */
const mostCopies = 64;
const mostBytes = 64 * 2 ** 20;
/** A copy that has waited as long as this is given up. */
const patienceMs = 30_000;
/** Answers that differ by no more agree. */
const tolerance = 1e-3;
/** Elements of an output that are compared. */
const mostCompared = 65_536;

export class Shadow {
  readonly #stop = new Stop();
  #copies = 0;
  #bytes = 0;

  constructor(private readonly parts: ShadowParts) {}

  /** A version's group whose items are copied to the shadow. */
  behind(primary: ModelGroup): AnsweringGroup {
    return {
      outputRows: (name) => primary.outputRows(name),
      submit: async (feeds, rows, options) => {
        const outputs = await primary.submit(feeds, rows, options);
        // Whoever waits for the answer comes first.
        this.parts.clock.soon(() => this.#offer(feeds, rows, outputs, primary));
        return outputs;
      },
    };
  }

  /** Drops the copies that wait, and takes no more; a run that has begun goes on. */
  close(): void {
    this.#stop.abort();
  }

  #offer(feeds: Feeds, rows: number | null, outputs: Feeds, primary: ModelGroup): void {
    const bytes = bytesOf(feeds) + bytesOf(outputs);
    const isBusy = this.#copies >= mostCopies || this.#bytes + bytes > mostBytes || primary.waiting > 0;
    if (isBusy || this.#stop.aborted) {
      this.#tell({ result: "dropped" });
      return;
    }
    this.#copies++;
    this.#bytes += bytes;
    void this.#run(feeds, rows, outputs).then((outcome) => {
      this.#copies--;
      this.#bytes -= bytes;
      this.#tell(outcome);
    });
  }

  async #run(feeds: Feeds, rows: number | null, expected: Feeds): Promise<Outcome> {
    const { group, clock } = this.parts;
    const startMs = clock.now();
    try {
      const options = { signal: this.#stop, deadlineMs: startMs + patienceMs };
      const outputs = await group.submit(feeds, rows, options);
      const durationMs = clock.now() - startMs;
      const difference = differenceOf(expected, outputs);
      return { result: difference <= tolerance ? "agreed" : "differed", durationMs, difference };
    } catch {
      if (this.#stop.aborted) return { result: "dropped" };
      return { result: "failed", durationMs: clock.now() - startMs };
    }
  }

  #tell(outcome: Outcome): void {
    const { model, version, observer } = this.parts;
    observer({ kind: "shadow-done", model, version, ...outcome });
  }
}

type Outcome = Pick<ShadowEvent, "result" | "durationMs" | "difference">;

function differenceOf(expected: Feeds, found: Feeds): number {
  const differences = Object.entries(expected).map(([name, tensor]) => {
    const other = found[name];
    return other === undefined ? Number.POSITIVE_INFINITY : largestDifference(tensor, other, mostCompared);
  });
  return Math.max(0, ...differences);
}

function bytesOf(feeds: Feeds): number {
  return Object.values(feeds).reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
}

function tensorBytes({ data }: Tensor): number {
  return Array.isArray(data) ? data.reduce((sum, text) => sum + text.length * 2, 0) : data.byteLength;
}
