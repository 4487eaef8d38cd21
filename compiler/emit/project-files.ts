/** What npm and tsc read: `package.json`, `package-lock.json`, `.npmrc`, `tsconfig.json`. */
import type { Plan } from "../../runtime/plan/plan.js";
import { bytesFile, type Emission, type EmittedFile, jsonFile, textFile } from "./emitted-file.js";
import type { Locked } from "./lock.js";
import { type RuntimePackage, runtimeName } from "./runtime-package.js";
import { startCommand } from "./start-command.js";

export function projectFiles({ plan, runtime }: Emission): readonly EmittedFile[] {
  const manifest = packageManifest(plan, runtime);
  return [
    jsonFile("package.json", manifest),
    jsonFile("package-lock.json", lockFile(manifest, runtime)),
    textFile(".npmrc", npmrc),
    textFile("tsconfig.json", tsconfig),
    bytesFile(tarballPath(runtime), runtime.tarball),
  ];
}

export function tarballPath({ version }: Pick<RuntimePackage, "version">): string {
  return `vendor/${runtimeName}-${version}.tgz`;
}

/** The service's name as npm and image registries take one. */
export function packageName(plan: Plan): string {
  return plan.service.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

function packageManifest(plan: Plan, runtime: RuntimePackage) {
  const { name, description } = plan.service;
  return {
    name: packageName(plan),
    version: "1.0.0",
    private: true,
    description: description ?? `The service "${name}".`,
    type: "module",
    engines: runtime.engines,
    scripts: { build: "tsc -p tsconfig.json", start: startCommand.join(" ") },
    dependencies: { [runtimeName]: `file:${tarballPath(runtime)}` },
    devDependencies: runtime.tools,
  };
}

function lockFile(manifest: ReturnType<typeof packageManifest>, runtime: RuntimePackage) {
  const { name, version, dependencies, devDependencies, engines } = manifest;
  const vendored = {
    version: runtime.version,
    resolved: `file:${tarballPath(runtime)}`,
    integrity: runtime.integrity,
    license: runtime.license,
    dependencies: runtime.dependencies,
    engines: runtime.engines,
  };
  const packages: Locked = {
    "": { name, version, dependencies, devDependencies, engines },
    ...sorted({ ...runtime.locked, [`node_modules/${runtimeName}`]: vendored }),
  };
  return { name, version, lockfileVersion: 3, requires: true, packages };
}

function sorted(locked: Locked): Locked {
  return Object.fromEntries(Object.entries(locked).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const npmrc = `# onnxruntime-node's install script would download CUDA libraries, which a service on CPUs does not need.
onnxruntime-node-install=skip
# The lock file holds exact versions and integrity, and no registry's addresses.
omit-lockfile-registry-resolved=true
fund=false
audit=false
`;

const tsconfig = `{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023"],
    "module": "node20",
    "types": ["node"],
    "rootDir": "src",
    "outDir": "dist",
    "sourceMap": true,
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "noImplicitOverride": true,
    "noUnusedLocals": true,
    "skipLibCheck": true
  },
  "include": ["src"]
}
`;
