/** A Plan's model as the compiler would make it from an ONNX file, with the settings that a test is about. */
import { type ServableInput, servableSignature } from "../../compiler/models/servable.js";
import { readSignature } from "../../compiler/models/signature.js";
import type { PlanModel } from "../../runtime/plan/plan.js";

export function planModel(file: string, settings: Partial<PlanModel> = {}): PlanModel {
  const result = readSignature(file);
  const servable = result.ok ? servableSignature(result.signature) : result;
  if (!servable.ok) throw new Error(servable.problem.message);
  const rowDim = servable.inputs.map(({ shape }) => shape?.[0]).find((dim) => typeof dim === "string");
  const isBatchable = ({ shape }: Pick<ServableInput, "shape">) => rowDim !== undefined && shape?.[0] === rowDim;
  return {
    versions: [{ version: "1", digest: "0", file, externalData: [] }],
    inputs: servable.inputs.map((input) => ({
      name: input.name,
      dtype: input.dtype,
      shape: input.shape,
      ...(input.optional && { optional: true }),
      ...(isBatchable(input) && { batchable: true }),
    })),
    outputs: servable.outputs.map((output) => ({
      ...output,
      rows: isBatchable(output) ? "yes" : typeof output.shape?.[0] === "number" ? "no" : "probe",
    })),
    devices: ["cpu"],
    instances: [{ count: 1 }],
    session: {
      graphOptimization: "all",
      executionMode: "sequential",
      memoryPattern: true,
      cpuMemoryArena: true,
      extra: {},
    },
    queue: { maxSize: 256 },
    ...settings,
  };
}
