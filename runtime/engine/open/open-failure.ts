/** Why a model could not be opened: the failures of a start or a reload, not of a request. */
export type OpenFailureCode =
  | "model-missing"
  | "model-unreadable"
  | "model-version"
  | "model-external-data"
  | "model-no-outputs"
  | "model-unsupported-type"
  /** An operator that this onnxruntime does not have. */
  | "model-unknown-operator"
  /** The graph contradicts itself: a dangling input, shapes or types that do not fit. */
  | "model-invalid"
  /** Memory is short. */
  | "model-memory"
  /** A warm-up run that the spec asks for failed. */
  | "model-warmup"
  /** None of the devices asked for works. */
  | "model-no-device";

export class ModelOpenError extends Error {
  override readonly name = "ModelOpenError";
  constructor(
    readonly code: OpenFailureCode,
    message: string,
    /** Its name in the spec, once that is known. */
    readonly model?: string,
  ) {
    super(message);
  }
}
