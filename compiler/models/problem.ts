/** What can be wrong with a model file, found without opening a session. The compiler makes diagnostics of these. */
export type ModelProblemCode =
  /** Nothing can be opened at the path: it is not there, is a folder, or may not be read. */
  | "model-missing"
  /** The file is no ONNX model, or a damaged one. */
  | "model-unreadable"
  /** The model is of an IR version or an opset that the runtime does not know, or names none. */
  | "model-version"
  /** Weights outside the ONNX file are missing, too short, or outside the model's folder. */
  | "model-external-data"
  /** The graph has no outputs: nothing would be answered. */
  | "model-no-outputs"
  /** An input or output is no tensor, or a tensor of a type that cannot be served. */
  | "model-unsupported-type";

export interface ModelProblem {
  readonly code: ModelProblemCode;
  /** A sentence that says what is wrong. */
  readonly message: string;
  /** A sentence that says what to do. */
  readonly help: string;
}

export function problem(code: ModelProblemCode, message: string, help: string): ModelProblem {
  return { code, message, help };
}
