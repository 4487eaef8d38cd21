/** Why a group does not take an item, in words for its caller; each is told to the observer too. */
import { EkibenError } from "../../errors.js";
import type { Observer } from "../observer.js";

export interface RejectionsParts {
  /** Of the model. */
  readonly name: string;
  /** Seconds until an instance may be there again. */
  readonly backInS: () => number;
  readonly observer: Observer;
}

export class Rejections {
  constructor(private readonly parts: RejectionsParts) {}

  tooMany(why: "full" | "too-late", retryAfterS: number): EkibenError {
    const { name } = this.parts;
    const message =
      why === "full"
        ? `Too many requests wait for model "${name}".`
        : `So many requests wait for model "${name}" that the answer would come too late.`;
    return this.tell("queue-full", message, retryAfterS);
  }

  closed(): EkibenError {
    return this.tell("not-ready", `Model "${this.parts.name}" is not ready.`);
  }

  down(): EkibenError {
    const message = `Model "${this.parts.name}" has no instance that lives; they are being opened again.`;
    return this.tell("not-ready", message);
  }

  cancelled(): EkibenError {
    return this.tell("cancelled", "The caller left before the answer was ready.");
  }

  private tell(
    code: "cancelled" | "not-ready" | "queue-full",
    message: string,
    retryAfterS = this.parts.backInS(),
  ): EkibenError {
    const { name, observer } = this.parts;
    observer({ kind: "item-rejected", model: name, code });
    return new EkibenError(code, message, { retryAfterS });
  }
}
