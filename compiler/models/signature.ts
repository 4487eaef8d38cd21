/**
 * A model's signature, read from its ONNX file in milliseconds, without a session and without its weights. What is wrong
 * with the file comes back as a problem; nothing is thrown.
 */
import { statSync } from "node:fs";
import { checkExternalData } from "./external-data.js";
import type { GraphMessage, OnnxValue } from "./graph-message.js";
import { mistakenFile } from "./mistaken-file.js";
import { type ModelMessage, type Opset, readModel } from "./model-message.js";
import { type ModelProblem, problem } from "./problem.js";
import type { ExternalData } from "./tensor-message.js";
import { checkVersions } from "./versions.js";
import { WireFailure, WireFile } from "./wire.js";

export interface Signature {
  readonly irVersion: number;
  /** Who wrote the file, such as `pytorch`; may be empty. */
  readonly producer: string;
  readonly opsets: readonly Opset[];
  readonly inputs: readonly SignatureInput[];
  readonly outputs: readonly OnnxValue[];
  /** Where weights lie outside the ONNX file. */
  readonly externalData: readonly ExternalData[];
  /** The files of `externalData`, relative to the model's folder: checked to be there, inside, and long enough. */
  readonly externalFiles: readonly string[];
  /** The operators that its nodes use, as `domain:operator` (`:Conv`), sorted. */
  readonly operators: readonly string[];
  /** Bytes of weights that are floats of 16 bits. */
  readonly halfBytes: number;
}

export interface SignatureInput extends OnnxValue {
  /** An initializer stands for it when it is left out. */
  readonly optional: boolean;
}

const noGraph = problem(
  "model-unreadable",
  "The file is no ONNX model: it holds no graph.",
  "Export or download it again, and check that it is an .onnx file.",
);

export type SignatureResult =
  | { readonly ok: true; readonly signature: Signature }
  | { readonly ok: false; readonly problem: ModelProblem };

/** Reads the signature of the ONNX file at `path`. Types that cannot be served are in it: see `servableSignature`. */
export function readSignature(path: string): SignatureResult {
  const message = readMessage(path);
  if ("code" in message) return { ok: false, problem: message };
  const { graph } = message;
  if (graph === null) return { ok: false, problem: mistakenFile(path) ?? noGraph };
  const wrong = checkVersions(message.irVersion, message.opsets) ?? checkOutputs(graph);
  if (wrong !== undefined) return { ok: false, problem: wrong };
  const external = checkExternalData(path, message.external);
  if (!external.ok) return external;
  return { ok: true, signature: signatureOf(message, graph, external.files) };
}

function readMessage(path: string): ModelMessage | ModelProblem {
  let file: WireFile | undefined;
  try {
    if (!statSync(path).isFile()) return notAFile();
    file = WireFile.open(path);
    return readModel(file);
  } catch (error) {
    return error instanceof WireFailure ? (mistakenFile(path) ?? damaged(error)) : cannotOpen(error);
  } finally {
    file?.close();
  }
}

function signatureOf(message: ModelMessage, graph: GraphMessage, externalFiles: readonly string[]): Signature {
  return {
    irVersion: message.irVersion,
    producer: message.producer,
    opsets: message.opsets,
    inputs: inputsOf(graph, message.irVersion),
    outputs: graph.outputs,
    externalData: message.external,
    externalFiles,
    operators: [...message.operators].sort(),
    halfBytes: Number.isFinite(message.halfBytes) ? message.halfBytes : 0,
  };
}

/** Before IR version 4 every initializer had to be listed as an input too; those are weights, not inputs. */
function inputsOf(graph: GraphMessage, irVersion: number): readonly SignatureInput[] {
  const inputs = graph.inputs.map((input) => ({ ...input, optional: graph.initializers.has(input.name) }));
  return irVersion < 4 ? inputs.filter(({ optional }) => !optional) : inputs;
}

function checkOutputs(graph: GraphMessage): ModelProblem | undefined {
  if (graph.outputs.length > 0) return undefined;
  return problem("model-no-outputs", "The model has no outputs.", "Export it with the values that it should answer.");
}

function damaged(failure: WireFailure): ModelProblem {
  switch (failure.reason) {
    case "cut-short":
      return problem(
        "model-unreadable",
        "The file ends in the middle of the model.",
        "Export or download it again: it was cut short.",
      );
    case "too-much":
      return problem(
        "model-unreadable",
        "The file nests or names more than any model does.",
        "Export the model again; `onnx.checker.check_model` says what is wrong with it.",
      );
    case "malformed":
      return problem(
        "model-unreadable",
        "The file is no ONNX model: its bytes are no protobuf message.",
        "Export or download it again, and check that it is an .onnx file.",
      );
  }
}

function notAFile(): ModelProblem {
  return problem("model-missing", "The model's path is not a file.", "Give the path of the .onnx file itself.");
}

function cannotOpen(error: unknown): ModelProblem {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM")
    return problem("model-missing", "The model's file may not be read.", "Give its user the right to read it.");
  return problem(
    "model-missing",
    "There is no file at the model's path.",
    "Check the path: it is relative to the spec.",
  );
}
