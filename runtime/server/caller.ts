/** What a caller says of itself by headers: who it is, and how urgent its request is. */
import type { IncomingMessage } from "node:http";
import type { SequenceCall } from "../engine/sequences/sequence-call.js";
import { EkibenError } from "../errors.js";

/** The request's priority, 0 the most urgent, where it names one. Throws `bad-header`. */
export function priorityOf({ headers }: Pick<IncomingMessage, "headers">): number | undefined {
  const header = headers["x-ekiben-priority"];
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^\d{1,3}$/.test(header)) return Number(header);
  throw new EkibenError(
    "bad-header",
    "The header x-ekiben-priority takes a whole number from 0 to 999; 0 is the most urgent.",
  );
}

/**
 * The sequence that the request belongs to: `x-ekiben-sequence: ID; start; end`, the words where they hold. Throws
 * `bad-header`, also where there is none.
 */
export function sequenceOf(request: Pick<IncomingMessage, "headers">): SequenceCall {
  const header = request.headers["x-ekiben-sequence"];
  const [id = "", ...words] = (typeof header === "string" ? header : "").split(";").map((word) => word.trim());
  const isKnown = words.every((word) => word === "start" || word === "end");
  if (/^[A-Za-z0-9._:-]{1,128}$/.test(id) && isKnown && new Set(words).size === words.length)
    return { id, caller: callerOf(request), start: words.includes("start"), end: words.includes("end") };
  throw new EkibenError(
    "bad-header",
    "This endpoint keeps state between requests: the header x-ekiben-sequence takes an id of up to 128 letters, digits and . _ : -, then `; start` with a sequence's first request and `; end` with its last.",
  );
}

/** The key that it shows; callers without one are one caller. */
export function callerOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const key = headers["x-api-key"];
  return (typeof key === "string" ? key : headers.authorization) ?? "";
}
