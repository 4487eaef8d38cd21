/** The compiler's public face: a spec's text to its Plan, with diagnostics. */
export type { Compiled, CompileOptions } from "./compile.js";
export { compile } from "./compile.js";
export type { Diagnostic } from "./diagnostics/diagnostic.js";
export type { DiagnosticJson } from "./diagnostics/print.js";
export { diagnosticToJson, printDiagnostics } from "./diagnostics/print.js";
