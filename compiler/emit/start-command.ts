/**
 * How Node.js is started with a server. With hundreds of connections the requests that are under way outlive the young part
 * of its memory as that is by itself, and collecting them costs a fifth of the throughput of small models. Bodies of many kilobytes
 * come in such numbers that the old part, where it grows by V8's least step, is collected after each of them, ten times a second,
 * which costs as much: here it may always grow to three times what was left of it.
 */
export const nodeOptions = ["--max-semi-space-size=32", "--heap-growing-percent=200"] as const;

/** Of a compiled server. */
export const startCommand = ["node", ...nodeOptions, "dist/server.js"] as const;
