/**
 * When an instance that has ended is opened again. One that lived longer than it took to open is opened at once, so that a
 * single crash costs little; one that ends right away, or cannot be opened, waits twice as long each time.
 */
export interface Life {
  /** Restarts that led to nothing, so far. */
  readonly failures: number;
  /** How long the instance lived; undefined: it could not be opened. */
  readonly livedMs: number | undefined;
  readonly openMs: number;
}

export interface Restart {
  readonly failures: number;
  readonly delayMs: number;
}

const firstDelayMs = 100;
const longestDelayMs = 30_000;
/** An instance that lived so long is as good as new. */
const healthyMs = 10_000;

export function nextRestart({ failures, livedMs, openMs }: Life): Restart {
  const counted = count(failures, livedMs, openMs);
  return {
    failures: counted,
    delayMs: counted === 0 ? 0 : Math.min(firstDelayMs * 2 ** (counted - 1), longestDelayMs),
  };
}

function count(failures: number, livedMs: number | undefined, openMs: number): number {
  if (livedMs === undefined || livedMs < openMs) return failures + 1;
  return livedMs >= healthyMs ? 0 : Math.max(0, failures - 1);
}
