/** What the main thread and a lane's worker say to each other. Everything here survives structured cloning. */
import type { EkibenError } from "../../errors.js";
import type { DeviceName, PlanSession } from "../../plan/plan.js";
import type { DType, TensorData } from "../../values/dtype.js";
import type { OpenFailureCode } from "../open/open-failure.js";
import type { WireValue } from "./values-wire.js";

export interface WireTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type WireTensors = Readonly<Record<string, WireTensor>>;

/** All that a worker needs to open a session. */
export interface SessionRequest {
  readonly file: string;
  /** Files of weights that are read into memory before the model is opened, by the names that the model gives them. */
  readonly weights?: readonly { readonly name: string; readonly file: string }[];
  readonly device: DeviceName;
  readonly deviceId?: number;
  readonly intraOpThreads: number;
  readonly options: PlanSession;
  /** Where the optimised graph is written, with its weights in a file beside it. */
  readonly compileInto?: CompileInto;
}

export interface CompileInto {
  readonly file: string;
  /** A name in the same folder. */
  readonly weights: string;
  /** Whether the weights are laid out as the kernels read them, so that sessions need no copies of their own. */
  readonly prepacked: boolean;
}

export type LaneRequest =
  /** Load onnxruntime, so that the first session need not wait for it. */
  | { readonly kind: "warm" }
  | { readonly kind: "open"; readonly session: number; readonly request: SessionRequest }
  | { readonly kind: "run"; readonly session: number; readonly feeds: WireTensors }
  | { readonly kind: "release"; readonly session: number }
  | { readonly kind: "step"; readonly name: string; readonly args: WireValue }
  /** The last message: release everything and end. */
  | { readonly kind: "exit" };

export interface Numbered {
  readonly id: number;
}

export type LaneReply =
  | { readonly kind: "warmed" }
  | { readonly kind: "opened" }
  | { readonly kind: "ran"; readonly outputs: WireTensors; readonly runMs: number }
  | { readonly kind: "released" }
  | { readonly kind: "stepped"; readonly value: WireValue }
  | { readonly kind: "failed"; readonly failure: LaneFailure };

export type LaneFailure =
  | { readonly from: "open"; readonly code: OpenFailureCode; readonly message: string }
  | { readonly from: "run"; readonly message: string }
  /** A kernel's error, taken apart: classes do not cross threads. */
  | { readonly from: "step"; readonly error: Pick<EkibenError, "code" | "message" | "errors"> }
  | { readonly from: "worker"; readonly message: string };

/**
 * Smaller batches are copied: handing over a buffer has a cost of its own. Round trips of a tiny model, in microseconds,
 * copied and handed over: 145 and 211 for 16 bytes, 238 and 231 for 16 KB; 600 KB, in and out: 712 and 127.
 */
export const transferFromBytes = 4096;
