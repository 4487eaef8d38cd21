/** How often items arrive, as a mean of the gaps between them. */
const weightOfNewest = 0.1;

export class Arrivals {
  /** Milliseconds from one item to the next; endless until there were two. */
  gapMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;

  record(nowMs: number): void {
    const gapMs = nowMs - this.lastMs;
    this.gapMs = Number.isFinite(this.gapMs) ? this.gapMs + weightOfNewest * (gapMs - this.gapMs) : gapMs;
    this.lastMs = nowMs;
  }
}
