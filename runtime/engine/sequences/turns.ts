/** The requests of one sequence: one at a time, in the order in which they came. */
import { EkibenError } from "../../errors.js";
import type { StopSignal } from "../../stop.js";

interface Turn {
  begin(): void;
}

export class SequenceTurns {
  readonly #waiting: Turn[] = [];
  #isBusy = false;

  /** Requests that wait for those before them. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether a request runs or waits. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Runs the work when all before it is done; one whose caller leaves before is never run. */
  async take<T>(signal: StopSignal, work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) await this.#wait(signal);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // It stays busy for the one that comes next.
      if (next === undefined) this.#isBusy = false;
      else next.begin();
    }
  }

  #wait(signal: StopSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        end();
        reject(new EkibenError("cancelled", "The caller left before the sequence came to its request."));
      };
      const end = (): void => signal.removeEventListener("abort", leave);
      const turn: Turn = {
        begin: () => {
          end();
          resolve();
        },
      };
      this.#waiting.push(turn);
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
    });
  }
}
