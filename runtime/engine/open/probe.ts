/** Whether each device works on this machine: a model of one operator is opened on it, in a worker. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceName, PlanModel } from "../../plan/plan.js";
import { systemClock } from "../clock.js";
import { devices } from "../instances/devices.js";
import { Lanes } from "../instances/lanes.js";
import { Processes } from "../instances/processes.js";
import { silentObserver } from "../observer.js";
import { openGroup } from "./open-group.js";

export interface DeviceProbe {
  readonly device: DeviceName;
  readonly works: boolean;
  /** Why not, and what to do. */
  readonly reason?: string;
}

/** y = -x, float32[batch, 1]; opset 13. */
const negation = Buffer.from(
  "CAg6SAoLCgF4EgF5IgNOZWcSBXByb2JlWhgKAXgSEwoRCAESDQoHEgViYXRjaAoCCAFiGAoBeRITChEIARINCgcSBWJhdGNoCgIIAUICEA0=",
  "base64",
);

export async function probeDevices(): Promise<readonly DeviceProbe[]> {
  const folder = mkdtempSync(join(tmpdir(), "ekiben-probe-"));
  const file = join(folder, "probe.onnx");
  writeFileSync(file, negation);
  const lanes = new Lanes({ observer: silentObserver });
  try {
    const probes: DeviceProbe[] = [];
    for (const device of Object.keys(devices) as DeviceName[]) probes.push(await probe(device, file, lanes));
    return probes;
  } finally {
    await lanes.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function probe(device: DeviceName, file: string, lanes: Lanes): Promise<DeviceProbe> {
  try {
    const group = await openGroup({
      name: "probe",
      model: modelOn(device),
      files: () => file,
      lanes,
      processes: new Processes(),
      observer: silentObserver,
      clock: systemClock,
    });
    await group.close();
    return { device, works: true };
  } catch (error) {
    return { device, works: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function modelOn(device: DeviceName): PlanModel {
  const value = { dtype: "float32", shape: ["batch", 1] } as const;
  return {
    versions: [{ version: "1", digest: device, file: "probe.onnx", externalData: [] }],
    inputs: [{ name: "x", ...value, batchable: true }],
    outputs: [{ name: "y", ...value, rows: "yes" }],
    devices: [device],
    instances: [{ count: 1 }],
    session: {
      graphOptimization: "all",
      executionMode: "sequential",
      memoryPattern: true,
      cpuMemoryArena: true,
      extra: {},
    },
    queue: { maxSize: 1 },
  };
}
