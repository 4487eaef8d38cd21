/** What the engine tells of itself, for metrics and logs. Who listens is not its business. */
import type { DeviceName } from "../plan/plan.js";

export type EngineEvent =
  | {
      readonly kind: "model-opened";
      readonly model: string;
      readonly device: DeviceName;
      readonly instances: number;
      readonly intraOpThreads: number;
      /** A sentence for each device that was preferred and did not work. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "model-failed"; readonly model: string; readonly message: string }
  | { readonly kind: "model-closed"; readonly model: string }
  | {
      readonly kind: "batch-done";
      readonly model: string;
      readonly items: number;
      readonly rows: number;
      /** For each item, the time from its arrival to its run. */
      readonly queueMs: readonly number[];
      readonly runMs: number;
      readonly failed: boolean;
    }
  | { readonly kind: "queue-length"; readonly model: string; readonly length: number }
  | {
      readonly kind: "item-rejected";
      readonly model: string;
      readonly code: "queue-full" | "deadline-exceeded" | "cancelled" | "not-ready";
    }
  | { readonly kind: "lane-died"; readonly reason: string };

export type Observer = (event: EngineEvent) => void;

export const silentObserver: Observer = () => {};
