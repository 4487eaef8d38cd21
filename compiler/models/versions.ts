/** Which versions of ONNX the installed onnxruntime opens, so that a model it would refuse is refused when it is checked. */
import type { Opset } from "./model-message.js";
import { type ModelProblem, problem } from "./problem.js";

/** onnxruntime 1.30, found by opening one model in each version; a test opens them again. */
export const supportedVersions = { irVersion: 13, opset: 26 } as const;

/** The problem of a model's versions, if there is one. */
export function checkVersions(irVersion: number, opsets: readonly Opset[]): ModelProblem | undefined {
  if (irVersion > supportedVersions.irVersion)
    return problem(
      "model-version",
      `The model is of ONNX IR version ${irVersion}, but the runtime knows versions up to ${supportedVersions.irVersion}.`,
      `Export it for IR version ${supportedVersions.irVersion} or below (\`model.ir_version\`).`,
    );
  if (opsets.length === 0)
    return problem(
      "model-version",
      "The model names no opset, so the meaning of its operators is not known.",
      "Export it again: every exporter writes the opset (`opset_import`).",
    );
  const standard = opsets.find(({ domain }) => domain === "");
  if (standard !== undefined && standard.version > supportedVersions.opset)
    return problem(
      "model-version",
      `The model is of ONNX opset ${standard.version}, but the runtime knows opsets up to ${supportedVersions.opset}.`,
      `Export it for opset ${supportedVersions.opset} or below, or convert it with \`onnx.version_converter\`.`,
    );
  return undefined;
}
