/** What a model on demand tells when it comes and goes: its version stays, so that its series and its counts do too. */
import type { Observer } from "../observer.js";

export function residencyObserver(observer: Observer): Observer {
  return (event) => {
    if (event.kind === "model-opened") observer({ ...event, kind: "model-loaded" });
    else if (event.kind !== "model-closed") observer(event);
  };
}
