/** What the engine tells of itself, for metrics and logs. Who listens is not its business. */

import type { DeviceName } from "../plan/plan.js";
import type { MeasuredRun } from "./group/run-cost.js";
import type { Ending } from "./instances/ending.js";
import type { Place } from "./instances/instance.js";

export type InstanceState = "ready" | "restarting" | "quarantined";

export type ResidencyState = "unloaded" | "loading" | "ready" | "unloading";

export type EngineEvent =
  | ((GroupEvent | SequenceEvent) & OfVersion)
  | ShadowEvent
  | CacheEvent
  | { readonly kind: "lane-died"; readonly reason: string }
  /** What models may take together, and what is reserved of it. */
  | { readonly kind: "memory-reserved"; readonly bytes: number; readonly limitBytes: number };

interface OfVersion {
  /** Of the model; groups do not know theirs, the engine adds it. */
  readonly version?: string;
}

/** What became of a copy for a shadow. `dropped`: it had no room for it. */
export interface ShadowEvent {
  readonly kind: "shadow-done";
  readonly model: string;
  readonly version: string;
  readonly result: "agreed" | "differed" | "failed" | "dropped";
  /** From the copy to its answer, where there is one. */
  readonly durationMs?: number;
  /** How far its answer is from the one that was given, relative beyond 1. */
  readonly difference?: number;
}

/** Why a sequence's state is gone; `changed`: the model has, so that it is of no use. */
export type SequenceEnd = "ended" | "expired" | "evicted" | "changed";

export type SequenceEvent =
  | { readonly kind: "sequence-ended"; readonly model: string; readonly cause: SequenceEnd }
  | {
      readonly kind: "sequences-held";
      readonly model: string;
      readonly sequences: number;
      /** Of their states. */
      readonly bytes: number;
    }
  | { readonly kind: "sequences-closed"; readonly model: string };

/** Whose answers a cache keeps: a model's, or an endpoint's, by its method and path. */
export interface CacheOwner {
  readonly kind: "model" | "endpoint";
  readonly name: string;
}

export type CacheEvent =
  | { readonly kind: "cache-asked"; readonly owner: CacheOwner; readonly use: "hit" | "shared" | "miss" }
  | {
      readonly kind: "cache-kept";
      readonly owner: CacheOwner;
      readonly bytes: number;
      readonly answers: number;
      /** Answers that had to make room since this was last told. */
      readonly evicted: number;
    }
  | { readonly kind: "cache-closed"; readonly owner: CacheOwner };

interface Opened {
  readonly model: string;
  readonly device: DeviceName;
  readonly instances: number;
  readonly place: Place;
  readonly intraOpThreads: number;
  /** A sentence for each device that was preferred and did not work. */
  readonly notes: readonly string[];
}

interface Threads {
  readonly model: string;
  /** Others came or went, and its share of the cores is another; or it answers more, or a lone caller sooner, in another layout. */
  readonly why: "share" | "load";
  readonly instances: number;
  /** Of each instance. */
  readonly intraOpThreads: number;
}

type GroupEvent =
  | ({ readonly kind: "model-opened" } & Opened)
  /** On demand. */
  | ({ readonly kind: "model-loaded" } & Opened)
  | { readonly kind: "model-failed"; readonly model: string; readonly message: string }
  /** It has an instance again. */
  | { readonly kind: "model-recovered"; readonly model: string }
  /** Which sizes of batches pay: runs by their work, in elements. */
  | { readonly kind: "model-measured"; readonly model: string; readonly measured: readonly MeasuredRun[] }
  | ({ readonly kind: "threads-changed" } & Threads)
  /** The same, but that could not be done: it has what it had. */
  | ({ readonly kind: "threads-kept"; readonly message: string } & Threads)
  /** A mistake of ours in what is done while nobody comes. */
  | { readonly kind: "chores-failed"; readonly model: string; readonly error: unknown }
  | { readonly kind: "model-closed"; readonly model: string }
  /** It is there to be loaded when somebody asks for it. */
  | { readonly kind: "model-on-demand"; readonly model: string }
  /** It was loaded on demand, and is let go because others need its memory. */
  | { readonly kind: "model-evicted"; readonly model: string }
  /** A model on demand came (`from` null), went (`to` null) or changed. */
  | {
      readonly kind: "residency-state";
      readonly model: string;
      readonly from: ResidencyState | null;
      readonly to: ResidencyState | null;
    }
  /** `message` is a sentence for callers. */
  | { readonly kind: "load-failed"; readonly model: string; readonly message: string; readonly againInMs: number }
  /** An instance came (`from` null), went (`to` null) or changed. */
  | {
      readonly kind: "instance-state";
      readonly model: string;
      readonly from: InstanceState | null;
      readonly to: InstanceState | null;
    }
  | {
      readonly kind: "instance-lost";
      readonly model: string;
      readonly instance: number;
      readonly cause: Ending["cause"];
      /** A clause, such as `it ended with code 1`. */
      readonly reason: string;
    }
  | {
      readonly kind: "instance-restarted";
      readonly model: string;
      readonly instance: number;
      readonly durationMs: number;
    }
  | { readonly kind: "restart-failed"; readonly model: string; readonly instance: number; readonly message: string }
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
    };

export type Observer = (event: EngineEvent) => void;

/** Adds a model's version to what is told of it. */
export function ofVersion(observer: Observer, version: string): Observer {
  return (event) => observer("model" in event ? { ...event, version } : event);
}

export const silentObserver: Observer = () => {};
