/** Requests that wait for a model to be loaded: so many as its queue takes, each until its time is up or its caller leaves. */
import { EkibenError } from "../../errors.js";
import type { PlanQueue } from "../../plan/plan.js";
import type { Clock } from "../clock.js";
import { roomOf } from "../group/admission.js";
import type { Feeds } from "../group/check-feeds.js";
import type { ModelGroup } from "../group/model-group.js";
import type { LeaveCode, SubmitOptions } from "../group/submission.js";

interface Waiter {
  /** Submits what it has; it waits there from now on. */
  readonly submit: (group: ModelGroup) => void;
  readonly fail: (error: Error) => void;
}

export interface LoadQueueParts {
  readonly queue: PlanQueue;
  readonly clock: Clock;
  /** Told that one has come or left. */
  readonly onChange: (left?: LeaveCode) => void;
}

export class LoadQueue {
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly parts: LoadQueueParts) {}

  get size(): number {
    return this.#waiters.size;
  }

  /** Whether another may wait. */
  hasRoom({ priority = 0 }: SubmitOptions): boolean {
    const { queue } = this.parts;
    return this.size < roomOf(Math.min(priority, (queue.priorities ?? 1) - 1), queue);
  }

  /** Waits, and is answered by the group that the queue is then emptied into. */
  wait(feeds: Feeds, rows: number | null, options: SubmitOptions): Promise<Feeds> {
    return new Promise((resolve, reject) => {
      const { clock, onChange } = this.parts;
      const leave = (code: LeaveCode, message: string): void => {
        end();
        reject(new EkibenError(code, message));
        onChange(code);
      };
      const onAbort = (): void => leave("cancelled", "The caller left before the answer was ready.");
      const untilMs = this.#giveUpMs(options);
      const stopTimer = Number.isFinite(untilMs)
        ? clock.after(untilMs - clock.now(), () => leave("deadline-exceeded", "The model could not be loaded in time."))
        : () => {};
      const end = (): void => {
        stopTimer();
        options.signal.removeEventListener("abort", onAbort);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        submit: (group) => {
          end();
          group.submit(feeds, rows, options).then(resolve, reject);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      options.signal.addEventListener("abort", onAbort);
      this.#waiters.add(waiter);
      onChange();
    });
  }

  /** Hands everything to a group, in the order in which it came. */
  emptyInto(group: ModelGroup): void {
    for (const waiter of [...this.#waiters]) waiter.submit(group);
    this.parts.onChange();
  }

  fail(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
    this.parts.onChange();
  }

  #giveUpMs({ deadlineMs = Number.POSITIVE_INFINITY }: SubmitOptions): number {
    const { queue, clock } = this.parts;
    if (queue.timeoutMs === undefined || queue.onTimeout === "continue") return deadlineMs;
    return Math.min(deadlineMs, clock.now() + queue.timeoutMs);
  }
}
