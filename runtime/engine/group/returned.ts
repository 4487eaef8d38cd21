/** Batches that came back, since their instance ended before it came to them: they are the first to be run elsewhere. */
import type { EkibenError } from "../../errors.js";
import type { Batch } from "./batch.js";

export class Returned {
  private readonly batches: Batch[] = [];

  /** Whether nobody waits for any of them. */
  get isEmpty(): boolean {
    return this.batches.every((batch) => batch.every(({ item }) => item.settled));
  }

  add(batch: Batch): void {
    this.batches.push(batch);
  }

  /** The next that somebody still waits for. */
  next(nowMs: number): Batch | undefined {
    for (let batch = this.batches.shift(); batch !== undefined; batch = this.batches.shift()) {
      const wanted = batch.filter(({ item }) => !item.isOver(nowMs));
      if (wanted.length > 0) return wanted;
    }
    return undefined;
  }

  fail(reason: () => EkibenError): void {
    for (const batch of this.batches.splice(0)) for (const { item } of batch) if (!item.settled) item.fail(reason());
  }
}
