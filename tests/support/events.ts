/** What a service tells of itself, waited for. */
import type { Listener, RuntimeEvent } from "../../runtime/observe/events.js";

export interface Events {
  readonly listener: Listener;
  readonly all: readonly RuntimeEvent[];
  /** The next event of these kinds, from now on. */
  next(...kinds: readonly RuntimeEvent["kind"][]): Promise<RuntimeEvent>;
}

export function recordEvents(onEvent: Listener = () => {}): Events {
  const all: RuntimeEvent[] = [];
  const waiting = new Set<(event: RuntimeEvent) => void>();
  return {
    all,
    listener: (event) => {
      onEvent(event);
      all.push(event);
      for (const look of waiting) look(event);
    },
    next: (...kinds) =>
      new Promise((resolve) => {
        const look = (event: RuntimeEvent): void => {
          if (!kinds.includes(event.kind)) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
      }),
  };
}
