/** How many requests a route is answering, how long one takes, and the bound on both. Outlives reloads. */
import { EkibenError } from "../errors.js";

const weightOfNewest = 0.1;

export class RouteLoad {
  private active = 0;
  private meanMs = 0;

  /** Counts a request in; `leave` must follow. Throws `queue-full` when as many as may be are there. */
  enter(maxConcurrency: number | undefined): void {
    if (maxConcurrency !== undefined && this.active >= maxConcurrency)
      throw new EkibenError(
        "queue-full",
        `${maxConcurrency} requests are being answered here, which is the most (max_concurrency).`,
        { retryAfterS: this.meanMs / 1000 },
      );
    this.active++;
  }

  leave(tookMs: number): void {
    this.active--;
    this.meanMs = this.meanMs === 0 ? tookMs : this.meanMs + weightOfNewest * (tookMs - this.meanMs);
  }
}
