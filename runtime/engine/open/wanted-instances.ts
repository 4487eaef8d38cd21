/** The instances that a spec asks for, and those that it gets. */
import { invariant } from "../../errors.js";
import type { DeviceName, PlanModel } from "../../plan/plan.js";
import { devices } from "../instances/devices.js";

/** Instances of one kind that the spec asks for: the devices in the order in which they are tried. */
export interface Wanted {
  readonly count: number;
  readonly devices: readonly DeviceName[];
  readonly deviceId?: number;
}

/** The spec's instances; on the CPU no more than there are cores. */
export function wantedInstances(model: PlanModel, cores: number): readonly Wanted[] {
  const preferred = model.devices.map((device) => {
    invariant(typeof device === "string", "the model's devices are resolved");
    return device;
  });
  return model.instances.flatMap(({ count, device, ids }) => {
    const tried = device === undefined ? preferred : [device];
    const each = tried.every((one) => devices[one].usesCores) ? Math.min(count, cores) : count;
    return (ids ?? [undefined]).map((id) => ({
      count: each,
      devices: tried,
      ...(id !== undefined && { deviceId: id }),
    }));
  });
}

/** How many they are together. */
export function countOf(wanted: readonly Wanted[]): number {
  return wanted.reduce((sum, { count }) => sum + count, 0);
}

/** A sentence where the spec asks for more instances on the CPU than there are cores. */
export function fewerNotes(model: PlanModel, cores: number, opened: number): readonly string[] {
  const asked = model.instances.reduce((sum, { count, ids }) => sum + count * (ids?.length ?? 1), 0);
  const isCapped = asked > opened && opened === cores && model.devices.every((device) => device === "cpu");
  if (!isCapped) return [];
  return [
    `It has ${opened} instances, not ${asked}: on the CPU there are no more than cores, since more slow all of them down.`,
  ];
}
