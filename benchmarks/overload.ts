/**
 * Twice as many requests as a server can answer: what is still answered in time, what becomes of the rest, and whether all is well
 * again a second later.
 */
import { type Flooded, flood } from "./flood.js";
import { choresS, seconds } from "./length.js";
import type { Row } from "./measure.js";
import { type Running, settled } from "./process.js";
import { type Call, startOurs, writeService } from "./service.js";

export interface OverloadCase {
  readonly title: string;
  readonly model: Buffer;
  readonly spec: string;
  readonly call: Call;
  readonly deadlineMs: number;
  /** Of as many callers as are needed to keep it busy. */
  readonly capacityConnections: number;
  readonly overloadConnections: number;
  /** Of its capacity. */
  readonly goodput: number;
}

export interface Overloaded {
  readonly capacityPerS: number;
  readonly goodputPerS: number;
  readonly overload: Flooded;
  /** One caller alone: before, and a second after. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** More of the callers alone than this, a second after, is not normal. */
const normalLatency = 1.5;
const overloadS = 30;

export async function measureOverload(parts: OverloadCase): Promise<Overloaded> {
  const { folder } = writeService("overload", parts.model, parts.spec);
  const server = await startOurs(folder, parts.call);
  try {
    await settled(server.pid, choresS);
    await run(server, parts, { connections: parts.capacityConnections, seconds: 5 });
    const before = await run(server, parts, { connections: 1, seconds: 3 });
    const capacity = await run(server, parts, { connections: parts.capacityConnections, seconds: 10 });
    const capacityPerS = answered(capacity, 200) / capacity.seconds;
    const overload = await flood({
      port: server.port,
      call: parts.call,
      deadlineMs: parts.deadlineMs,
      connections: parts.overloadConnections,
      ratePerS: 2 * capacityPerS,
      seconds: seconds(overloadS),
    });
    await pause(1_000);
    const after = await run(server, parts, { connections: 1, seconds: 3 });
    return {
      capacityPerS,
      goodputPerS: answered(overload, 200) / overload.seconds,
      overload,
      beforeMs: medianMs(before),
      afterMs: medianMs(after),
    };
  } finally {
    await server.stop();
  }
}

function run(
  { port }: Running,
  { call }: OverloadCase,
  lasting: { readonly connections: number; readonly seconds: number },
): Promise<Flooded> {
  return flood({ port, call, ...lasting, seconds: seconds(lasting.seconds) });
}

export function rowsOf(parts: OverloadCase, measured: Overloaded): readonly Row[] {
  const { title, goodput, deadlineMs } = parts;
  const { capacityPerS, goodputPerS, overload, beforeMs, afterMs } = measured;
  const statuses = [...overload.answers].map(([status, of]) => `${of.count} × ${status === 0 ? "lost" : status}`);
  const refused = [...overload.answers].filter(([status]) => status !== 200);
  const isPrompt = refused.every(
    ([status, of]) => (status === 429 || status === 504) && of.percentile(99) <= deadlineMs * 1.1 + 20,
  );
  const p99 = overload.answers.get(200)?.percentile(99) ?? 0;
  const refusedMs = refused.map(([status, of]) => `${status} within ${of.percentile(99).toFixed(0)} ms (p99)`);
  return [
    {
      measure: `${title}, twice its capacity for ${overload.seconds} s: answered in time`,
      wanted: `≥ ${goodput} of capacity`,
      measured: (goodputPerS / capacityPerS).toFixed(3),
      ok: goodputPerS >= goodput * capacityPerS,
      details: `capacity ${capacityPerS.toFixed(1)}/s, sent ${(overload.sent / overload.seconds).toFixed(1)}/s of ${(2 * capacityPerS).toFixed(1)}/s due; ${statuses.join(", ")}; ${overload.unsent} not sent`,
    },
    {
      measure: `${title}, overload: the rest is refused promptly`,
      wanted: "429 or 504, by the deadline",
      measured: refusedMs.join(", ") || "nothing refused",
      ok: isPrompt,
      details: `deadline ${deadlineMs} ms`,
    },
    {
      measure: `${title}, overload: p99 of the answers`,
      wanted: `≤ ${deadlineMs} ms`,
      measured: `${p99.toFixed(0)} ms`,
      ok: p99 <= deadlineMs,
      details: "from the sending of a request to its answer",
    },
    {
      measure: `${title}, a second after the overload: one caller's median`,
      wanted: `≤ ${normalLatency} × before`,
      measured: `${(afterMs / beforeMs).toFixed(2)} ×`,
      ok: afterMs <= normalLatency * beforeMs,
      details: `${afterMs.toFixed(2)} ms, before ${beforeMs.toFixed(2)} ms`,
    },
  ];
}

function answered({ answers }: Flooded, status: number): number {
  return answers.get(status)?.count ?? 0;
}

function medianMs({ answers }: Flooded): number {
  return answers.get(200)?.percentile(50) ?? Number.POSITIVE_INFINITY;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
