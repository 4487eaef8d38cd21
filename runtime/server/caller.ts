/** What a caller says of itself by headers: who it is, and how urgent its request is. */
import type { IncomingMessage } from "node:http";
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

/** The key that it shows; callers without one are one caller. */
export function callerOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const key = headers["x-api-key"];
  return (typeof key === "string" ? key : headers.authorization) ?? "";
}
