/** What this process and an instance that is a process say to each other: the heads of frames. It answers in the order it was asked. */
import type { LaneFailure, SessionRequest } from "./worker-messages.js";

export type ProcessRequest =
  | { readonly kind: "open"; readonly request: SessionRequest }
  /** The frame's tensors are the feeds. */
  | { readonly kind: "run" }
  /** The last message: release the session and end. */
  | { readonly kind: "exit" };

export type ProcessReply =
  | { readonly kind: "opened" }
  /** The frame's tensors are the outputs. */
  | { readonly kind: "ran"; readonly runMs: number }
  | { readonly kind: "failed"; readonly failure: LaneFailure };

/** The descriptor of the channel in the process. */
export const channelDescriptor = 3;
