/** What onnxruntime tells its makers: https://github.com/microsoft/onnxruntime/pull/27379 */

/**
 * From 1.29 on it sends them what runs where, and keeps a number of the machine's and what was not sent yet in a file of the user's.
 * Servers of other people's models do not, unless their environment wants it. It is looked at once, when onnxruntime is loaded:
 * this comes before, and on the main thread, since the environment of other threads is not the process's.
 */
export function declineTelemetry(): void {
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
}
