/** The connections of a server, and their end, which loses no request that was sent before it, also where the event loop lags. */
import { type Server, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";

/** How long connections without a request may bring one more, which is answered and told to be the last. */
const lingerMs = 200;
/** Connections that may wait to be accepted, and a few more: Node's default is 511. A turn takes one at least. */
const mostTurns = 520;

export class Connections {
  /** Those that are open, with the bytes that each had brought when it was last looked at. */
  readonly #brought = new Map<Socket, number | undefined>();
  #accepted = 0;

  constructor(private readonly server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#accepted++;
      this.#brought.set(socket, undefined);
      socket.once("close", () => this.#brought.delete(socket));
    });
  }

  /** Takes no more, and resolves when everything accepted has been answered, or after the grace time, then cut off. */
  async close(graceMs: number): Promise<void> {
    const endMs = performance.now() + graceMs;
    await this.#takeThoseThatWait(endMs);
    this.#closeUnused();
    await new Promise<void>((resolve) => {
      const sweep = setInterval(() => void this.#sweep(), Math.min(lingerMs, graceMs));
      const timer = setTimeout(() => this.server.closeAllConnections(), endMs - performance.now());
      // Node's own `close` cuts idle connections at once, and with them requests that are on their way.
      Reflect.apply(NetServer.prototype.close, this.server, [
        () => {
          clearInterval(sweep);
          clearTimeout(timer);
          resolve();
        },
      ]);
    });
  }

  /** Those that were made before and not accepted yet would be reset with the listener. */
  async #takeThoseThatWait(endMs: number): Promise<void> {
    await turn();
    for (let turns = 0; turns < mostTurns && performance.now() < endMs; turns++) {
      const accepted = this.#accepted;
      await turn();
      if (this.#accepted === accepted) return;
    }
  }

  /** After a stall timers run before what has arrived meanwhile is read. */
  async #sweep(): Promise<void> {
    await turn();
    await turn();
    this.#closeUnused();
  }

  /** Connections on which no answer is due, and which brought nothing since the last look. */
  #closeUnused(): void {
    for (const [socket, brought] of this.#brought) {
      this.#brought.set(socket, socket.bytesRead);
      if (socket.bytesRead === brought && !(answerDue(socket) instanceof ServerResponse)) socket.destroy();
    }
  }
}

/** Node's own handlers look at the same field: https://nodejs.org/api/http.html#event-clienterror */
export function answerDue(socket: Socket): unknown {
  return Reflect.get(socket, "_httpMessage");
}

/** Once the event loop has gone round, and what had arrived was taken. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
