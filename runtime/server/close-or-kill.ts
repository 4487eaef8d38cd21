/** The end of a service's process, also when a run hangs. */
import type { Service } from "./service.js";

/**
 * Closes the service; kills the process when that takes longer than it may. A run that hangs inside onnxruntime cannot be
 * stopped from here, and an ordinary exit would abort the process.
 */
export async function closeOrKill(service: Pick<Service, "close">): Promise<void> {
  if ((await service.close()) === "hung") process.kill(process.pid, "SIGKILL");
}
