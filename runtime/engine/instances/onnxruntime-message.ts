/**
 * onnxruntime's errors have no codes and name its source files and the machine's paths: here they are read by their
 * words and tidied for whoever gets to see them.
 */
import type { OpenFailureCode } from "../open/open-failure.js";

/** The first that fits is the reason why a model did not open. */
const openFailures: readonly { readonly pattern: RegExp; readonly code: OpenFailureCode }[] = [
  { pattern: /File doesn't exist|No such file/i, code: "model-missing" },
  { pattern: /external (data|initializer)/i, code: "model-external-data" },
  { pattern: /IR version|[Oo]pset/, code: "model-version" },
  { pattern: /Unsupported data type/, code: "model-unsupported-type" },
  {
    pattern: /not a registered function|No Op registered|Could not find an implementation/,
    code: "model-unknown-operator",
  },
  { pattern: /Protobuf parsing failed|does not have a graph/, code: "model-unreadable" },
  {
    pattern: /execution provider|ExecutionProvider|backend|WebGPU|CUDA|TensorRT|shared library/i,
    code: "model-no-device",
  },
];

/** Which failure an error of opening a session is. */
export function openFailureCode(message: string): OpenFailureCode {
  return openFailures.find(({ pattern }) => pattern.test(message))?.code ?? "model-invalid";
}

/** What onnxruntime has to say, without places in its source, C++ signatures and paths of this machine. */
export function tidyMessage(message: string): string {
  const said = message.split("Status Message: ").at(-1) ?? message;
  return said
    .replace(/^Load model from .*? failed: ?/s, "")
    .replace(/(?:\/\S*\/)?[\w-]+\.(?:cc|h|cpp|hpp|cu):\d+ (?:[^\n]*?\)(?: const)?(?: \[with [^\]]*\])? )?/g, "")
    .replace(/^[^\n]* was false\. ?/, "")
    .replace(/"?(?:[A-Za-z]:)?[\\/](?:[^\\/\s"]+[\\/])+([^\\/\s"]+)"?/g, '"$1"')
    .trim()
    .replace(/\s+/g, " ");
}

/** Whether a run failed because of the device, not because of what it was given. */
export function isDeviceFailure(message: string): boolean {
  return /out of memory|failed to allocate|bad_alloc|CUDA (error|failure)|CUDNN|CUBLAS|device lost|WebGPU/i.test(
    message,
  );
}
