/** Which models on demand are loaded once before anybody can ask for them, so that nothing is served that does not open. */
import type { GroupPool, WantedGroup } from "../group/group-pool.js";
import { devices } from "../instances/devices.js";
import { wantedInstances } from "../open/wanted-instances.js";

/** Those in place of what is live; and of those that the CPU may not run, one for each choice of devices, which tells whether they work. */
export function triedOut<W extends WantedGroup>(wanted: readonly W[], groups: GroupPool, cores: number): readonly W[] {
  const choices = new Set<string>();
  return wanted.filter((each) => {
    if (each.model.residency !== "on_demand" || groups.has(each)) return false;
    const places = wantedInstances(each.model, cores);
    const choice = JSON.stringify(places);
    const needsDevice = places.some(({ devices: tried }) => !tried.some((device) => devices[device].usesCores));
    const isFirst = needsDevice && !choices.has(choice);
    if (isFirst) choices.add(choice);
    return isFirst || groups.hasModel(each.name);
  });
}
