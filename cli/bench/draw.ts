/** Tables and bars for a terminal. */
import type { LatencyHistogram } from "./histogram.js";

const steps = [1, 1.5, 2, 3, 5, 7];
const mostRows = 16;
const barWidth = 40;

/** Columns as wide as they need to be: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** A bar for each range of latencies, the ranges ever wider. */
export function drawHistogram(latency: LatencyHistogram): string {
  const edges = edgesOf(latency);
  const counts = latency.between(edges);
  const most = Math.max(1, ...counts);
  const rows = counts.map((count, at) => [
    `to ${shortMs(edges[at + 1] ?? 0)} ms`,
    `${((100 * count) / Math.max(1, latency.count)).toFixed(1)} %`,
    bar(count / most),
  ]);
  const width = Math.max(...rows.map(([range = ""]) => range.length));
  return rows
    .map(([range = "", share = "", drawn = ""]) => `${range.padStart(width)}  ${share.padStart(7)}  ${drawn}`.trimEnd())
    .join("\n");
}

/** 1, 1.5, 2, 3, 5, 7, 10 … in milliseconds, from below the least to the greatest; every other one where those are too many. */
export function edgesOf({ minMs, maxMs }: Pick<LatencyHistogram, "minMs" | "maxMs">): readonly number[] {
  const all: number[] = [];
  for (let power = -3; power <= 7; power++)
    for (const step of steps) all.push(Number((step * 10 ** power).toPrecision(3)));
  const first = Math.max(0, all.findIndex((edge) => edge >= minMs) - 1);
  const last = Math.max(
    first + 1,
    all.findIndex((edge) => edge >= maxMs),
  );
  const edges = all.slice(first, last + 1);
  // What is 0 is above the first edge too.
  if (minMs <= (edges[0] ?? 0)) edges[0] = -1;
  if (edges.length - 1 <= mostRows) return edges;
  const every = Math.ceil((edges.length - 1) / mostRows);
  return edges.filter((_, at) => at === 0 || (edges.length - 1 - at) % every === 0);
}

function bar(share: number): string {
  const eighths = Math.round(share * barWidth * 8);
  const last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  const drawn = "█".repeat(Math.floor(eighths / 8)) + last;
  return drawn === "" && share > 0 ? "▏" : drawn;
}

/** Three digits that matter. */
export function shortMs(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(ms >= 1 ? 2 : 3);
}

export function shortBytes(bytes: number): string {
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MB`;
  return bytes >= 2 ** 10 ? `${(bytes / 2 ** 10).toFixed(1)} kB` : `${bytes.toFixed(0)} B`;
}
