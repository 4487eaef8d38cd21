/** Runs a batch and gives each item its own end: a batch that fails is halved until only the items at fault fail. */
import type { Clock } from "../clock.js";
import { NotBegunError } from "../instances/ending.js";
import type { Instance } from "../instances/instance.js";
import type { Observer } from "../observer.js";
import type { OutputRows } from "../open/warm-up.js";
import {
  type Batch,
  type BatchShape,
  failureOf,
  feedsOf,
  isModelFailure,
  latestDeadlineMs,
  outputsOf,
  rowsIn,
  tellRun,
} from "./batch.js";

export interface BatchRunnerParts {
  readonly model: string;
  readonly shape: BatchShape;
  readonly outputRows: ReadonlyMap<string, OutputRows>;
  /** Told of a run that came back. */
  readonly onRun: (batch: Batch, runMs: number) => void;
  /** Takes what was not begun: its instance ended before it came to it. */
  readonly putBack: (batch: Batch) => void;
  readonly observer: Observer;
  readonly clock: Clock;
}

export class BatchRunner {
  constructor(private readonly parts: BatchRunnerParts) {}

  /** Never fails: what goes wrong is what the items are told. */
  async run(instance: Instance, batch: Batch): Promise<void> {
    const { model, shape, outputRows, onRun, putBack, clock } = this.parts;
    const startMs = clock.now();
    try {
      const { outputs, runMs } = await instance.run(feedsOf(batch, shape), latestDeadlineMs(batch));
      const own = outputsOf(model, batch, outputs, shape);
      for (const [index, { item, from, to }] of batch.entries()) item.deliver(from, to, own[index] ?? {}, outputRows);
      tellRun(batch, startMs, runMs);
      onRun(batch, runMs);
      this.observe(batch, startMs, runMs, false);
    } catch (error) {
      const rest = batch.filter(({ item }) => !item.settled);
      if (error instanceof NotBegunError) {
        putBack(rest);
        return;
      }
      this.observe(batch, startMs, clock.now() - startMs, true);
      if (batch.length === 1 || !isModelFailure(error)) this.fail(rest, error);
      else await this.runHalves(instance, rest);
    }
  }

  private async runHalves(instance: Instance, batch: Batch): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      const wanted = half.filter(({ item }) => !item.settled);
      if (wanted.length > 0) await this.run(instance, wanted);
    }
  }

  private fail(batch: Batch, error: unknown): void {
    for (const { item } of batch) if (!item.settled) item.fail(failureOf(this.parts.model, error));
  }

  private observe(batch: Batch, startMs: number, runMs: number, failed: boolean): void {
    this.parts.observer({
      kind: "batch-done",
      model: this.parts.model,
      items: batch.length,
      rows: rowsIn(batch),
      queueMs: batch.map(({ item }) => startMs - item.arrivedMs),
      runMs,
      failed,
    });
  }
}
