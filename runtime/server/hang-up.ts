/**
 * Callers who hang up, told to each request of theirs. Node closes only the response whose turn it is to be written: of those that
 * were sent behind it on the same connection nobody hears.
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
