/** Whether a model has an instance, or one to wait for: told from the states of its seats, as they change. */
import type { Clock } from "../clock.js";
import type { Observer } from "../observer.js";

export type SeatsState =
  | { readonly kind: "ready" }
  /** No instance lives, and one is being opened that may be there soon. */
  | { readonly kind: "restarting" }
  | { readonly kind: "down"; readonly reason: string };

export interface AvailabilityParts {
  /** Of the model, for what is told of it. */
  readonly name: string;
  /** Told when no instance lives and none will soon: what waits has nothing to wait for. */
  readonly onDown: () => void;
  readonly observer: Observer;
  readonly clock: Clock;
}

/** How long callers wait for an instance while none lives, before they are sent away. */
const patienceMs = 2000;

export class Availability {
  /** What the last instance was lost by. */
  lastReason = "";
  #state: SeatsState = { kind: "ready" };
  #stopPatience: () => void = () => {};

  constructor(private readonly parts: AvailabilityParts) {}

  get state(): SeatsState {
    return this.#state;
  }

  /** After a seat has changed. */
  review(kinds: ReadonlySet<"ready" | "restarting" | "quarantined">): void {
    const { name, clock, observer } = this.parts;
    if (kinds.has("ready")) {
      this.#stopPatience();
      if (this.#state.kind === "down") observer({ kind: "model-recovered", model: name });
      this.#state = { kind: "ready" };
    } else if (!kinds.has("restarting")) this.#giveUp();
    else if (this.#state.kind === "ready") {
      this.#state = { kind: "restarting" };
      this.#stopPatience = clock.after(patienceMs, () => this.#giveUp());
    }
  }

  close(): void {
    this.#stopPatience();
  }

  #giveUp(): void {
    this.#stopPatience();
    if (this.#state.kind === "down") return;
    this.#state = { kind: "down", reason: this.lastReason };
    this.parts.observer({ kind: "model-failed", model: this.parts.name, message: this.lastReason });
    this.parts.onDown();
  }
}
