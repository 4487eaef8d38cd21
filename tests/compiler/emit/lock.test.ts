import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Locked, lockedClosure } from "../../../compiler/emit/lock.js";
import { leftOut, readRuntimePackage, runtimeDependencies } from "../../../compiler/emit/runtime-package.js";
import { inRepository } from "../../support/paths.js";

describe("the lock file of a compiled service", () => {
  const locked: Locked = {
    "node_modules/server": { version: "1.0.0", resolved: "somewhere", dependencies: { shared: "^1.0.0" } },
    "node_modules/shared": { version: "2.0.0" },
    "node_modules/server/node_modules/shared": { version: "1.5.0", optionalDependencies: { native: "*" } },
    "node_modules/native": { version: "1.0.0", dependencies: { deep: "*" } },
    "node_modules/deep": { version: "1.0.0" },
    "node_modules/tool": { version: "3.0.0", dev: true, dependencies: { shared: "^2.0.0", deep: "*" } },
    "node_modules/unused": { version: "1.0.0" },
  };

  test("holds what is needed, where Node finds it, and for what", () => {
    expect(lockedClosure(locked, { production: ["server"], development: ["tool"] })).toEqual({
      "node_modules/deep": { version: "1.0.0", devOptional: true },
      "node_modules/native": { version: "1.0.0", dependencies: { deep: "*" }, optional: true },
      "node_modules/server": { version: "1.0.0", dependencies: { shared: "^1.0.0" } },
      "node_modules/server/node_modules/shared": { version: "1.5.0", optionalDependencies: { native: "*" } },
      "node_modules/shared": { version: "2.0.0", dev: true },
      "node_modules/tool": { version: "3.0.0", dev: true, dependencies: { shared: "^2.0.0", deep: "*" } },
    });
  });

  test("a package that is not locked is a mistake of ours", () => {
    expect(() => lockedClosure(locked, { production: ["absent"], development: [] })).toThrow('"absent" is locked');
  });

  test("every package of the real one has an exact version and its integrity", () => {
    const { locked: real, dependencies } = readRuntimePackage();
    for (const { version, integrity, resolved } of Object.values(real))
      expect([version, integrity, resolved]).toEqual([
        expect.stringMatching(/^\d+\./),
        expect.stringMatching(/^sha\d/),
        undefined,
      ]);
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

test("the runtime's dependencies are the packages that its files import", () => {
  const imported = new Set<string>();
  for (const file of readdirSync(inRepository("runtime"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || leftOut.includes(basename(file, ".ts"))) continue;
    const text = readFileSync(join(inRepository("runtime"), file), "utf8");
    for (const [, name = ""] of text.matchAll(/(?:from |require\(|import\()"((?:@[^/"]+\/)?[^./"$][^/"]*)/g))
      if (!name.startsWith("node:")) imported.add(name);
  }
  expect([...imported].sort()).toEqual([...runtimeDependencies]);
});
