/**
 * The threads of sessions, budgeted over all models so that they never need more cores than there are: what specs ask for
 * comes off first, and the other instances share what is left, each with one at least. More threads than cores cost 30 to 45%
 * of the throughput; one model alone with one instance gets them all, which is 87 to 93% of the throughput of one instance a
 * core, at near half the latency, with one copy of its weights.
 */
import type { PlanModel } from "../../plan/plan.js";
import { devices } from "../instances/devices.js";

type Budgeted = Pick<PlanModel, "instances" | "devices" | "session">;

/** Threads of an instance on the CPU whose model does not say how many it wants. */
export function sharedThreads(models: readonly Budgeted[], cores: number): number {
  const onCpu = models.map((model) => ({ model, instances: cpuInstances(model, cores) }));
  const asked = onCpu.reduce((sum, { model, instances }) => sum + instances * (model.session.intraOpThreads ?? 0), 0);
  const sharing = onCpu.reduce(
    (sum, { model, instances }) => sum + (model.session.intraOpThreads === undefined ? instances : 0),
    0,
  );
  const left = Math.max(1, cores - asked);
  return Math.max(1, Math.floor(left / Math.min(Math.max(sharing, 1), left)));
}

/** What may come to run on the CPU; there are never more instances there than cores. */
function cpuInstances({ instances, devices: preferred }: Budgeted, cores: number): number {
  const mayUseCores = (device: unknown): boolean => typeof device !== "string" || isCpu(device);
  return instances.reduce((sum, { count, device, ids }) => {
    const tried = device === undefined ? preferred : [device];
    return tried.some(mayUseCores) ? sum + Math.min(count * (ids?.length ?? 1), cores) : sum;
  }, 0);
}

function isCpu(device: string): boolean {
  return Object.hasOwn(devices, device) && devices[device as keyof typeof devices].usesCores;
}
