/**
 * Callers who hang up, told to the requests that they sent behind others on the same connection: Node closes only the response
 * whose turn it is to be written, which is the one that has its socket.
 */
import type { Socket } from "node:net";

const listeners = new WeakMap<Socket, Set<() => void>>();

/** Calls once when the connection closes, until it is called off. */
export function onHangUp(socket: Socket, listener: () => void): () => void {
  const told = listeners.get(socket) ?? watch(socket);
  told.add(listener);
  return () => void told.delete(listener);
}

function watch(socket: Socket): Set<() => void> {
  const told = new Set<() => void>();
  listeners.set(socket, told);
  socket.once("close", () => {
    for (const tell of told) tell();
    told.clear();
  });
  return told;
}
