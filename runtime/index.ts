/** The runtime's public face: what a compiled service calls, and what its own routes may need. */
export { EkibenError, type ErrorCode, type InputError } from "./errors.js";
export { equal, ucs2length } from "./plan/json-schema.js";
export {
  type CallOptions,
  type CheckFunction,
  type CompiledOptions,
  type CompiledService,
  createService,
  type GraphCall,
} from "./server/compiled.js";
export { compilePattern } from "./types/pattern.js";
