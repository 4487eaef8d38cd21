/** Compiles specs on a thread of its own, so that a compilation holds up no request. One job at a time. */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CompileJob, CompileReply } from "./compile-messages.js";

/** A thread in the middle of a long compilation is not waited for longer than this. */
const closeMs = 1_000;

export class CompileThread {
  #worker: Worker | undefined;

  /** Answers with what came of it. A thread that ended is started anew by the next job. */
  async compile(job: CompileJob): Promise<CompileReply> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve) => {
      const end = (reply: CompileReply): void => {
        worker.off("message", end);
        worker.off("error", fail);
        worker.off("exit", leave);
        resolve(reply);
      };
      const fail = (error: Error): void =>
        end({ kind: "failed", message: `error: the compiler failed: ${error.message}` });
      const leave = (): void => end({ kind: "failed", message: "error: the compiler ended" });
      worker.on("message", end).on("error", fail).on("exit", leave);
      worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = once(worker, "exit");
    worker.postMessage("close");
    const timer = setTimeout(() => void worker.terminate(), closeMs);
    await exited;
    clearTimeout(timer);
  }

  #start(): Worker {
    const worker = new Worker(join(__dirname, "compile-worker.js"), { name: "ekiben-compiler" });
    // One listener that stays: an error that comes between two jobs must not end the process.
    worker.on("error", () => {});
    worker.once("exit", () => {
      this.#worker = undefined;
    });
    worker.unref();
    return worker;
  }
}
