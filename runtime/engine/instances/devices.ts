/** The devices that a spec can name, and what onnxruntime calls them. To add one: an entry here. */
import type { DeviceName } from "../../plan/plan.js";

export interface Device {
  /** onnxruntime's execution providers, the first that can run a node takes it; the CPU takes the rest. */
  readonly providers: readonly string[];
  /** What to do when it does not work. */
  readonly help: string;
  /** Two threads that use it at the same time crash the process: all its sessions share one thread. */
  readonly oneThread: boolean;
  /** A session's threads compete for the CPU's cores. */
  readonly usesCores: boolean;
}

export const devices: { readonly [D in DeviceName]: Device } = {
  cpu: { providers: ["cpu"], help: "", oneThread: false, usesCores: true },
  cuda: {
    providers: ["cuda"],
    help: "It needs an NVIDIA GPU with its driver, CUDA, cuDNN, and onnxruntime's CUDA libraries beside the package.",
    oneThread: false,
    usesCores: false,
  },
  tensorrt: {
    providers: ["tensorrt", "cuda"],
    help: "It needs an NVIDIA GPU with its driver, TensorRT, CUDA, cuDNN, and onnxruntime's libraries for them beside the package.",
    oneThread: false,
    usesCores: false,
  },
  // https://github.com/microsoft/onnxruntime/issues/32561
  webgpu: {
    providers: ["webgpu"],
    help: "It needs a GPU with a Vulkan, Metal or Direct3D 12 driver.",
    oneThread: true,
    usesCores: false,
  },
};

/** A sentence that says why a device is not used. */
export function deviceNote(device: DeviceName, message: string): string {
  const { help } = devices[device];
  return `Device "${device}" does not work here: ${message.replace(/\.?$/, ".")}${help === "" ? "" : ` ${help}`}`;
}
