/**
 * A request that was answered before its body was whole: the rest is read and dropped, so that the caller gets to read
 * the answer and the connection can bring the next request. What goes on for too long is cut off.
 */
import type { IncomingMessage } from "node:http";

const mostBytes = 64 * 2 ** 20;
const mostMs = 5_000;

export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  let bytes = 0;
  const timer = setTimeout(() => socket.destroy(), mostMs);
  // The request itself hears no more of its connection once it was answered.
  const stop = (): void => {
    clearTimeout(timer);
    socket.off("close", stop);
  };
  socket.once("close", stop);
  request.once("end", stop);
  request.removeAllListeners("data");
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) socket.destroy();
  });
  request.resume();
}
