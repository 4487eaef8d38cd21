/** Time as an argument: the engine's queues take it from here, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds on a scale that only goes forward. */
  now(): number;
  /** Calls back once, after that many milliseconds; gives what calls it off. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back once the events that have already arrived are handled, so that requests of one moment can meet. */
  soon(callback: () => void): void;
}

/** A timer of Node's that is set for longer fires at once. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, longestTimerMs));
    return () => clearTimeout(timer);
  },
  soon: (callback) => void setImmediate(callback),
};
