/**
 * How Node.js is started with a server. With hundreds of connections the requests that are under way outlive the young part
 * of its memory as that is by itself, and collecting them costs a fifth of the throughput of small models. The old part is collected
 * when it has grown by a factor since the last time, and the buffers of bodies count as grown until they are swept: V8 sweeps them 32 MB
 * at a time, more than the factor allows a server of 15 MB, so that bodies of hundreds of kilobytes have it collected 25 times a second.
 * Here it is let be below 96 MB, and below twice what was left of it.
 */
export const nodeOptions = [
  "--max-semi-space-size=32",
  "--initial-old-space-size=96",
  "--heap-growing-percent=100",
] as const;

/** Of a compiled server. */
export const startCommand = ["node", ...nodeOptions, "dist/server.js"] as const;
