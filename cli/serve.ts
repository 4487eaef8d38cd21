/** What `serve` and `dev` share: where to listen, the line that says so, and the end when a signal comes. */
import { constants } from "node:os";
import { closeOrKill } from "../runtime/server/close-or-kill.js";
import type { Service } from "../runtime/server/service.js";
import type { CommandContext } from "./command.js";
import { Failure } from "./failure.js";

export function listenAt(context: Pick<CommandContext, "options">): { readonly host?: string; readonly port?: number } {
  const port = context.options.text("port");
  const host = context.options.text("host");
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65536))
    throw new Failure(2, `"${port}" is no port`, "a port is a number from 0 to 65535; 0 picks a free one");
  return { ...(port === undefined ? {} : { port: Number(port) }), ...(host === undefined ? {} : { host }) };
}

/** Says that the service listens, whatever the log's level is. */
export function sayListening({ log, url }: Service, name: string, context: CommandContext): void {
  const line = `${name} is listening on ${url}`;
  if (log.isInformative) log.info(line, { docs: `${url}/docs` });
  else context.output.complain(line);
  if (context.output.json) context.output.result(JSON.stringify({ event: "listening", url }));
}

/** Resolves with the exit status once the service was asked to stop and has: 128 and the signal's number, as shells count. */
export function untilStopped(service: Service, beforeClose: () => Promise<void> = async () => {}): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: "SIGINT" | "SIGTERM"): void => {
      if (isStopping) return;
      isStopping = true;
      service.log.info(`${signal}: finishing what was accepted`);
      void Promise.all([beforeClose(), closeOrKill(service)]).then(() => resolve(128 + constants.signals[signal]));
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
