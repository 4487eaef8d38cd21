/**
 * The same question at the same time is asked once. Who asked first has it run; whoever comes meanwhile waits for the same
 * answer. It runs until its last caller has left, whoever that is.
 */
import { EkibenError, type ErrorCode } from "../../errors.js";
import { Stop, type StopSignal } from "../../stop.js";

interface Flight<T> {
  readonly answer: Promise<T>;
  readonly stop: Stop;
  callers: number;
}

/** What says more of the caller that asked first than of the question: its time was up, or too short for the queue. */
const ofOneCaller: ReadonlySet<ErrorCode> = new Set(["cancelled", "deadline-exceeded", "queue-full"]);

export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** Whether a question of this key is on its way. */
  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Fails with `cancelled` when the signal is given; else as the work does. */
  async ask(key: string, signal: StopSignal, work: (signal: StopSignal) => Promise<T>): Promise<T> {
    for (let flight = this.#flights.get(key); flight !== undefined; flight = this.#flights.get(key)) {
      try {
        return await this.#wait(key, flight, signal);
      } catch (error) {
        const isAnothers = error instanceof EkibenError && ofOneCaller.has(error.code);
        if (signal.aborted || !isAnothers) throw error;
      }
    }
    return this.#wait(key, this.#begin(key, work), signal);
  }

  #begin(key: string, work: (signal: StopSignal) => Promise<T>): Flight<T> {
    const stop = new Stop();
    const flight: Flight<T> = { stop, callers: 0, answer: work(stop).finally(() => this.#end(key, flight)) };
    this.#flights.set(key, flight);
    return flight;
  }

  #end(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  #wait(key: string, flight: Flight<T>, signal: StopSignal): Promise<T> {
    flight.callers++;
    return new Promise((resolve, reject) => {
      const settle = (): void => signal.removeEventListener("abort", leave);
      const leave = (): void => {
        settle();
        reject(new EkibenError("cancelled", "The caller left before the answer was ready."));
        flight.callers--;
        if (flight.callers > 0) return;
        // Who comes now finds nothing that is still wanted.
        this.#end(key, flight);
        flight.stop.abort();
      };
      flight.answer.then(
        (answer) => {
          settle();
          resolve(answer);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
    });
  }
}
