/** A seat of a group: its instance lives, or is opened, or is waited for. */
import type { Instance } from "../instances/instance.js";

/** A seat whose instance lives. */
export interface Seat {
  readonly kind: "ready";
  readonly instance: Instance;
  readonly sinceMs: number;
  /** Batches that it has been given and that are not back. */
  running: number;
  /** Since when it runs the first of them. */
  runsFromMs: number;
  /** Whether one came back while it lived. */
  hasAnswered: boolean;
  /** Whether another has its place: it closes once it has nothing to run. */
  isRetired: boolean;
}

export type SeatState =
  | Seat
  /** Its next instance is being opened, or will be in a moment. */
  | { readonly kind: "restarting"; readonly stopTimer: () => void }
  /** Its next instance is not opened before that. */
  | { readonly kind: "quarantined"; readonly untilMs: number; readonly stopTimer: () => void };

/** One of a group's seats, whoever sits there. */
export interface Place {
  readonly number: number;
  state: SeatState;
  failures: number;
  /** How long opening its last instance took; 0 until it was done once again. */
  openMs: number;
}

/** Nobody sits there yet. */
export function newPlace(number: number): Place {
  return { number, state: { kind: "restarting", stopTimer: () => {} }, failures: 0, openMs: 0 };
}
