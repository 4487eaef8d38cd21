/** A lane's worker thread: holds sessions of several models, and does one thing after the other, in the order it was asked. */
import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import { assertNever, invariant } from "../../errors.js";
import type { UntypedArgs } from "../../steps/step.js";
import { isRecord } from "../../values/value.js";
import { openFailure, runFailure, stepFailure, workerFailure } from "./failures.js";
import { Session } from "./session.js";
import { buffersToTransfer } from "./transfer.js";
import { buffersOf, fromWire, toWire } from "./values-wire.js";
import type { LaneFailure, LaneReply, LaneRequest, Numbered, SessionRequest, WireTensors } from "./worker-messages.js";

type Sessions = Map<number, Session>;
interface Answer {
  readonly reply: LaneReply;
  readonly transfer: readonly TransferListItem[];
}

function serve(port: MessagePort): void {
  const sessions: Sessions = new Map();
  let last: Promise<void> = Promise.resolve();
  port.on("message", (message: LaneRequest & Numbered) => {
    last = last.then(async () => {
      if (message.kind === "exit") return exit(sessions);
      const { reply, transfer } = await answer(message, sessions);
      post(port, { ...reply, id: message.id }, transfer);
    });
  });
}

async function answer(request: Exclude<LaneRequest, { kind: "exit" }>, sessions: Sessions): Promise<Answer> {
  switch (request.kind) {
    case "warm":
      return attempt(warm, workerFailure);
    case "open":
      return attempt(() => open(sessions, request.session, request.request), openFailure);
    case "run":
      return attempt(() => run(sessions, request.session, request.feeds), runFailure);
    case "release":
      return attempt(() => release(sessions, request.session), runFailure);
    case "step":
      return attempt(() => step(request.name, fromWire(request.args)), stepFailure);
    default:
      return assertNever(request);
  }
}

async function attempt(work: () => Promise<Answer>, failureOf: (error: unknown) => LaneFailure): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    return { reply: { kind: "failed", failure: failureOf(error) }, transfer: [] };
  }
}

async function warm(): Promise<Answer> {
  await Session.load();
  return { reply: { kind: "warmed" }, transfer: [] };
}

async function open(sessions: Sessions, id: number, request: SessionRequest): Promise<Answer> {
  sessions.set(id, await Session.open(request));
  return { reply: { kind: "opened" }, transfer: [] };
}

async function run(sessions: Sessions, id: number, feeds: WireTensors): Promise<Answer> {
  const session = sessions.get(id);
  invariant(session, `session ${id} is open`);
  const start = performance.now();
  const outputs = await session.run(feeds);
  return { reply: { kind: "ran", outputs, runMs: performance.now() - start }, transfer: buffersToTransfer(outputs) };
}

async function release(sessions: Sessions, id: number): Promise<Answer> {
  await sessions.get(id)?.release();
  sessions.delete(id);
  return { reply: { kind: "released" }, transfer: [] };
}

/** Steps bring libraries of their own, so they are loaded when the first one is asked for. */
async function step(name: string, args: ReturnType<typeof fromWire>): Promise<Answer> {
  const { findStep } = await import("../../steps/index.js");
  const found = findStep(name);
  invariant(found && isRecord(args), `"${name}" is a step and its arguments a record`);
  const untyped: UntypedArgs = args;
  const value = toWire(await found.kernel(untyped, { signal: new AbortController().signal }));
  return { reply: { kind: "stepped", value }, transfer: [...buffersOf(value)] };
}

async function exit(sessions: Sessions): Promise<void> {
  for (const session of sessions.values()) await session.release();
  process.exit();
}

/** Buffers that a native library owns cannot be handed over; they are copied. */
function post(port: MessagePort, message: LaneReply & Numbered, transfer: readonly TransferListItem[]): void {
  try {
    port.postMessage(message, transfer);
  } catch {
    port.postMessage(message);
  }
}

invariant(parentPort, "this file runs as a worker");
serve(parentPort);
