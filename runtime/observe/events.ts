/** What a server tells of itself, beside what its engine tells. */
import type { EngineEvent } from "../engine/observer.js";

export type ServerEvent =
  | { readonly kind: "request-begun" }
  | {
      readonly kind: "request-done";
      readonly id: string;
      readonly method: string;
      /** The route's pattern, or a word for what has none: bounded, whatever callers ask for. */
      readonly route: string;
      readonly status: number;
      readonly durationMs: number;
      readonly generation: number;
      /** The error's code, where there was one. */
      readonly code: string | undefined;
    }
  | { readonly kind: "request-failed"; readonly id: string; readonly error: unknown }
  | { readonly kind: "deployed"; readonly generation: number; readonly digest: string; readonly durationMs: number }
  /** What the compiler had to say of a spec that is about to be served, printed; empty for nothing. */
  | { readonly kind: "diagnosed"; readonly text: string }
  /** `isMended`: what was broken is again what is live. */
  | { readonly kind: "reload-unchanged"; readonly isMended: boolean }
  | {
      readonly kind: "reload-failed";
      readonly reason: "diagnostics" | "opening";
      readonly text: string;
      /** Whether something is served meanwhile. */
      readonly isLive: boolean;
    }
  | { readonly kind: "note"; readonly text: string }
  /** What is served, and yet should be mended. */
  | { readonly kind: "warning"; readonly text: string };

export type RuntimeEvent = EngineEvent | ServerEvent;
export type Listener = (event: RuntimeEvent) => void;

/** One listener that tells several. */
export function tellAll(listeners: readonly Listener[]): Listener {
  return (event) => {
    for (const listener of listeners) listener(event);
  };
}

export interface LateListener {
  readonly listener: Listener;
  /** Tells everything that was heard so far, and from now on everything at once. */
  tell(listener: Listener): void;
}

/** Hears events before anybody is there to be told. */
export function lateListener(): LateListener {
  const early: RuntimeEvent[] = [];
  let told: Listener | undefined;
  return {
    listener: (event) => {
      if (told === undefined) early.push(event);
      else told(event);
    },
    tell: (listener) => {
      told = listener;
      for (const event of early.splice(0)) listener(event);
    },
  };
}
