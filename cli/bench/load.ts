/**
 * Load on a server. Closed loop: so many callers, each of whom asks again once it is answered. Open loop: by a schedule, with
 * latency counted from the time in the schedule, so that a server that stalls cannot put off the questions it would have
 * answered late (coordinated omission).
 */
import type { Clock } from "../../runtime/engine/clock.js";
import { type Arrivals, schedule } from "./arrivals.js";
import type { BenchCall, Client } from "./client.js";
import { Tally } from "./tally.js";

export type Load =
  | { readonly kind: "closed"; readonly concurrency: number }
  | { readonly kind: "open"; readonly ratePerS: number; readonly arrivals: Arrivals };

/** What comes first ends the run. */
export interface Limits {
  readonly ms: number;
  readonly requests: number;
}

export interface Drive {
  readonly client: Pick<Client, "call">;
  /** In turn. At least one. */
  readonly calls: readonly BenchCall[];
  readonly load: Load;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

export interface Driven {
  readonly tally: Tally;
  /** To the last answer. */
  readonly ms: number;
}

/** One in so many is asked to explain itself: a prime, so that every call has its turn. */
const explainedEvery = 17;
/** A caller whose connection failed does not try again at once. */
const pauseMs = 20;
/** A generator that is behind its schedule reads answers after so many requests. */
const yieldEvery = 32;

/** Drives until a limit, and waits for the answers of what was sent. `watch` is given the tally while it grows. */
export async function drive(parts: Drive, watch: (tally: Tally) => void = () => {}): Promise<Driven> {
  const tally = new Tally();
  watch(tally);
  const startMs = parts.clock.now();
  if (parts.load.kind === "closed") await closedLoop(parts, parts.load.concurrency, tally);
  else await openLoop(parts, parts.load, tally);
  return { tally, ms: parts.clock.now() - startMs };
}

async function closedLoop(parts: Drive, concurrency: number, tally: Tally): Promise<void> {
  const { clock, limits, signal } = parts;
  const endMs = clock.now() + limits.ms;
  let sent = 0;
  const caller = async (): Promise<void> => {
    while (sent < limits.requests && clock.now() < endMs && !signal.aborted) {
      const isFine = await send(parts, sent++, clock.now(), tally);
      if (!isFine) await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
}

async function openLoop(parts: Drive, load: Load & { readonly kind: "open" }, tally: Tally): Promise<void> {
  const { clock, limits, random, signal } = parts;
  const nextDue = schedule(load.arrivals, load.ratePerS, random);
  const startMs = clock.now();
  const inFlight = new Set<Promise<unknown>>();
  let sent = 0;
  for (let dueMs = nextDue(); dueMs < limits.ms && sent < limits.requests && !signal.aborted; dueMs = nextDue()) {
    await until(startMs + dueMs, clock);
    if (sent % yieldEvery === 0) await new Promise<void>((resolve) => clock.soon(resolve));
    tally.lag.record(clock.now() - startMs - dueMs);
    const answered = send(parts, sent++, startMs + dueMs, tally);
    inFlight.add(answered);
    void answered.finally(() => inFlight.delete(answered));
  }
  await Promise.all(inFlight);
}

/** A timer may fire a moment before its time; what is due is never sent early. */
async function until(atMs: number, clock: Clock): Promise<void> {
  for (let left = atMs - clock.now(); left > 0; left = atMs - clock.now())
    await new Promise<void>((resolve) => void clock.after(Math.ceil(left), resolve));
}

/** Whether it was answered at all. `fromMs` is what its latency is counted from. */
async function send(
  { client, calls, clock, signal }: Drive,
  index: number,
  fromMs: number,
  tally: Tally,
): Promise<boolean> {
  const call = calls[index % calls.length];
  if (call === undefined) throw new Error("invariant: there is a call");
  const outcome = await client.call(call, index % explainedEvery === 0);
  // What is called off fails for no reason of the server's.
  if (!signal.aborted || outcome.kind === "answer") tally.add(outcome, clock.now() - fromMs);
  return outcome.kind === "answer";
}
