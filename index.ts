/** The package's public face: a service embedded in a program. `ekiben/compiler` and `ekiben/runtime` hold the parts. */
export type { EmbeddedService, OpenOptions } from "./cli/open.js";
export { open, SpecError } from "./cli/open.js";
export type { ErrorCode, InputError } from "./runtime/errors.js";
export { EkibenError } from "./runtime/errors.js";
export type { Json, Value, ValueRecord } from "./runtime/values/value.js";
export { Image, Tensor } from "./runtime/values/value.js";
