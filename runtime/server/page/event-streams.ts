/** Server-sent events to the pages that are open: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { ServerResponse } from "node:http";
import { EkibenError } from "../../errors.js";
import type { Exchange } from "../exchange.js";

/** Browsers open six at most to one server; more than this is nobody's open pages. */
const mostStreams = 50;
/** Proxies drop a connection on which nothing is said. */
const sayNothingMs = 20_000;

export class EventStreams {
  readonly #responses = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  /** Keeps the answer open until its caller leaves. */
  add(exchange: Exchange): void {
    if (this.#responses.size >= mostStreams)
      throw new EkibenError("queue-full", "Too many pages follow this service.", { retryAfterS: 5 });
    const { response } = exchange;
    exchange.headers["content-type"] = "text/event-stream";
    exchange.headers["cache-control"] = "no-store";
    exchange.sendElsewhere();
    if (exchange.method === "HEAD") {
      response.end();
      return;
    }
    response.write("retry: 500\n\n");
    this.#responses.add(response);
    this.#timer ??= setInterval(() => this.#write(":\n\n"), sayNothingMs).unref();
    response.once("close", () => this.#responses.delete(response));
  }

  tell(event: string): void {
    this.#write(`event: ${event}\ndata:\n\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const response of this.#responses) response.end();
    this.#responses.clear();
  }

  #write(text: string): void {
    for (const response of this.#responses) response.write(text);
  }
}
