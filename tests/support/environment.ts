/**
 * Jest's Node environment with the host's typed arrays: native libraries refuse those of a sandbox of their own. With
 * clones of the sandbox's own arrays, which the host's structuredClone does not make. And with a folder for temporary files
 * that is gone after the tests, also those of processes that they start.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestEnvironment } from "jest-environment-node";

const shared = [
  "ArrayBuffer",
  "SharedArrayBuffer",
  "DataView",
  "Float32Array",
  "Float64Array",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

class SharedArraysEnvironment extends TestEnvironment {
  private readonly outer = process.env["TMPDIR"];
  private readonly temporary = mkdtempSync(join(tmpdir(), "ekiben-tests-"));

  override async setup(): Promise<void> {
    await super.setup();
    // Node's own modules see the process's variables, and the tests a copy of them.
    process.env["TMPDIR"] = this.temporary;
    this.global.process.env["TMPDIR"] = this.temporary;
    for (const { env } of [process, this.global.process]) env["EKIBEN_CACHE"] = join(this.temporary, "cache");
    this.global.structuredClone = <T>(value: T): T => cloneInto(this.global, value) as T;
    for (const name of shared)
      Object.defineProperty(this.global, name, { value: globalThis[name], configurable: true, writable: true });
  }

  override async teardown(): Promise<void> {
    if (this.outer === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = this.outer;
    rmSync(this.temporary, { recursive: true, force: true, maxRetries: 3 });
    await super.teardown();
  }
}

/** Lists and records of the sandbox, and all else as the host clones it. Values here hold no circles. */
function cloneInto(
  { Array: list, Object: record }: Pick<typeof globalThis, "Array" | "Object">,
  value: unknown,
): unknown {
  const clone = (item: unknown): unknown => cloneInto({ Array: list, Object: record }, item);
  if (Array.isArray(value)) return list.from(value, clone);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return structuredClone(value);
  return record.fromEntries(Object.entries(value).map(([key, item]) => [key, clone(item)]));
}

module.exports = SharedArraysEnvironment;
