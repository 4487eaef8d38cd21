/**
 * Jest's Node environment with the host's typed arrays: native libraries refuse those of a sandbox of their own. And with
 * clones of the sandbox's own arrays, which the host's structuredClone does not make.
 */
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
  override async setup(): Promise<void> {
    await super.setup();
    const { JSON: ownJson } = this.global;
    this.global.structuredClone = <T>(value: T): T => ownJson.parse(ownJson.stringify(value)) as T;
    for (const name of shared)
      Object.defineProperty(this.global, name, { value: globalThis[name], configurable: true, writable: true });
  }
}

module.exports = SharedArraysEnvironment;
