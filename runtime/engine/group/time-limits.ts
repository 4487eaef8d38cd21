/** How long items may take: to their caller's deadline altogether, and no longer in the queue than the model's `queue` says. */
import type { PlanModel } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import { Alarms } from "./alarms.js";
import type { WaitingQueue } from "./queue.js";
import type { Submission } from "./submission.js";

export interface TimeLimitsParts {
  readonly queue: WaitingQueue<Submission>;
  readonly settings: PlanModel["queue"];
  readonly clock: Clock;
}

export class TimeLimits {
  private readonly deadlines: Alarms<Submission>;
  private readonly patience: Alarms<Submission>;

  constructor(private readonly parts: TimeLimitsParts) {
    const { queue, settings, clock } = parts;
    this.deadlines = new Alarms({ clock, isOff: ({ settled }) => settled, ring: (item) => item.expire() });
    this.patience = new Alarms({
      clock,
      isOff: (item) => item.settled || !queue.has(item),
      ring: (item) => (settings.onTimeout === "continue" ? queue.demote(item) : item.giveUpWaiting()),
    });
  }

  /** From now on, for an item that has come. */
  watch(item: Submission): void {
    const { timeoutMs } = this.parts.settings;
    if (Number.isFinite(item.deadlineMs)) this.deadlines.at(item.deadlineMs, item);
    if (timeoutMs !== undefined) this.patience.at(item.arrivedMs + timeoutMs, item);
  }

  /** Some items may be over, or run: no timer stays for them. */
  check(): void {
    this.deadlines.check();
    this.patience.check();
  }
}
