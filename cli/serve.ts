/** What `serve` and `dev` share: a service started, its line said, and its end when a signal comes. */

import type { Deployable } from "../runtime/server/host.js";
import type { Service, ServiceOptions } from "../runtime/server/service.js";
import { startService } from "../runtime/server/service.js";
import type { CommandContext } from "./command.js";
import type { Loaded } from "./deployable.js";
import { Failure } from "./failure.js";
import { describeStartError } from "./start-error.js";

export function listenAt(context: CommandContext): { readonly host?: string; readonly port?: number } {
  const port = context.options.text("port");
  const host = context.options.text("host");
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65536))
    throw new Failure(2, `"${port}" is no port`, "a port is a number from 0 to 65535; 0 picks a free one");
  return { ...(port === undefined ? {} : { port: Number(port) }), ...(host === undefined ? {} : { host }) };
}

export async function start(
  loaded: Loaded,
  deployable: Deployable,
  context: CommandContext,
  options: ServiceOptions,
): Promise<Service> {
  try {
    const service = await startService(deployable, { ...options, ...listenAt(context), color: context.output.color });
    service.log.info(`${deployable.plan.service.name} is listening on ${service.url}`, { docs: `${service.url}/docs` });
    if (context.output.json) context.output.result(JSON.stringify({ event: "listening", url: service.url }));
    return service;
  } catch (error) {
    throw describeStartError(error, loaded, context);
  }
}

/** Resolves with the exit status once the service was asked to stop and has. */
export function untilStopped(service: Service, beforeClose: () => Promise<void> = async () => {}): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) return;
      isStopping = true;
      service.log.info(`${signal}: finishing what was accepted`);
      void beforeClose()
        .then(() => service.close())
        .then((end) => {
          // A run that hangs inside onnxruntime cannot be stopped from here, and an ordinary exit would abort the process.
          if (end === "hung") process.kill(process.pid, "SIGKILL");
          resolve(0);
        });
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
