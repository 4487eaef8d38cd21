/**
 * How Node.js is started with a compiled server. With hundreds of connections the requests that are under way outlive the young part
 * of its memory as that is by itself, and collecting them costs a fifth of the throughput of small models. Bodies of many kilobytes
 * come in such numbers that the old part, by its least step of growth, is collected after each of them, and costs as much: four times
 * what was left of it is the most that Node.js lets it grow to by itself, and is what it may always grow to here.
 */
export const startCommand = [
  "node",
  "--max-semi-space-size=32",
  "--heap-growing-percent=300",
  "dist/server.js",
] as const;
