/**
 * When an instance that has ended is opened again. One that had been of use is opened at once, though not before it lived as
 * long as it took to open, so that opening takes half the time at most; one that was of none waits twice as long each time.
 */
export interface Life {
  /** Instances of the same seat, one after the other, that were of no use. */
  readonly failures: number;
  /** How long the instance lived; undefined: it could not be opened. */
  readonly livedMs: number | undefined;
  /** Whether a run came back from it. */
  readonly hasAnswered: boolean;
  readonly openMs: number;
}

export interface Restart {
  readonly failures: number;
  readonly delayMs: number;
}

const firstDelayMs = 100;
const longestDelayMs = 30_000;

export function nextRestart({ failures, livedMs, hasAnswered, openMs }: Life): Restart {
  if (livedMs !== undefined && (hasAnswered || livedMs >= openMs))
    return { failures: 0, delayMs: Math.max(0, openMs - livedMs) };
  return { failures: failures + 1, delayMs: Math.min(firstDelayMs * 2 ** failures, longestDelayMs) };
}
