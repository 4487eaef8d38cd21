/**
 * The program of an instance that is a process: one session on its main thread. It has nothing else to do, so it reads and
 * writes blocking, which is faster than events are. It ends with whoever started it.
 */
import { readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { assertNever, invariant } from "../../errors.js";
import { openFailure, runFailure } from "./failures.js";
import { encodeFrame, type Frame, readFrame } from "./frames.js";
import { channelDescriptor, type ProcessReply, type ProcessRequest } from "./process-messages.js";
import { Session } from "./session.js";
import type { WireTensors } from "./worker-messages.js";

/** A read or write of more bytes is refused by the system. */
const largestTransfer = 2 ** 30;

async function serve(): Promise<void> {
  let session: Session | undefined;
  for (let frame = receive(); frame !== undefined; frame = receive()) {
    const { head, tensors } = frame;
    switch (head.kind) {
      case "open":
        try {
          session = await Session.open(head.request);
          send({ head: { kind: "opened" }, tensors: {} });
        } catch (error) {
          send({ head: { kind: "failed", failure: openFailure(error) }, tensors: {} });
        }
        break;
      case "run":
        send(await run(session, tensors));
        break;
      case "exit":
        await session?.release();
        return;
      default:
        assertNever(head);
    }
  }
}

async function run(session: Session | undefined, feeds: WireTensors): Promise<Frame<ProcessReply>> {
  try {
    invariant(session, "the session is open");
    const start = performance.now();
    const tensors = await session.run(feeds);
    return { head: { kind: "ran", runMs: performance.now() - start }, tensors };
  } catch (error) {
    return { head: { kind: "failed", failure: runFailure(error) }, tensors: {} };
  }
}

/** The next frame; undefined when the other end is gone. */
function receive(): Frame<ProcessRequest> | undefined {
  const frame = readFrame<ProcessRequest>();
  for (;;) {
    const { done, value } = frame.next();
    if (done === true) return value;
    for (let at = 0; at < value.length; ) {
      const read = readSync(channelDescriptor, value, at, Math.min(value.length - at, largestTransfer), null);
      if (read === 0) return undefined;
      at += read;
    }
  }
}

function send(frame: Frame<ProcessReply>): void {
  for (const part of encodeFrame(frame))
    for (let at = 0; at < part.length; )
      at += writeSync(channelDescriptor, part, at, Math.min(part.length - at, largestTransfer));
}

/** Where memory runs out, the system ends this process rather than the server. Only Linux can be asked to. */
function volunteer(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "500");
  } catch {
    // The system chooses by itself.
  }
}

volunteer();
new Worker(join(__dirname, "process-watchdog.js"), { resourceLimits: { maxOldGenerationSizeMb: 8, stackSizeMb: 1 } });
serve().then(
  () => process.exit(0),
  () => process.exit(1),
);
