/** The runtime as a package of its own, packed from this installation: what a compiled service depends on. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locked, Versions } from "./lock.js";
import { lockedClosure, lockedVersion } from "./lock.js";
import { tarball } from "./tarball.js";

export interface RuntimePackage {
  readonly version: string;
  readonly license: string;
  readonly engines: Versions;
  /** Exact versions. */
  readonly dependencies: Versions;
  /** What a compiled service is built with. */
  readonly tools: Versions;
  /** The packages that it and the tools need. */
  readonly locked: Locked;
  readonly tarball: Uint8Array;
  /** Of the tarball, as npm writes it. */
  readonly integrity: string;
}

export const runtimeName = "ekiben-runtime";

/** What files below `runtime/` import; a test compares. */
export const runtimeDependencies = [
  "@marcbachmann/cel-js",
  "ajv",
  "busboy",
  "express",
  "onnxruntime-node",
  "prom-client",
  "re2js",
  "sharp",
  "swagger-ui-express",
  "tokenizers",
  "winston",
] as const;

const tools = ["@types/express", "@types/node", "typescript"] as const;

/** The part of the lock file that compiled services need; `npm run build` keeps it beside the built files. */
export function lockForServices(locked: Locked): Locked {
  return lockedClosure(locked, { production: runtimeDependencies, development: tools });
}

/** Where the build leaves it, since npm packs no lock file. */
export const builtLock = join("dist", "lock.json");

/** Reads this installation of ekiben, a checkout or an installed package. */
export function readRuntimePackage(root: string = join(__dirname, "..", "..", "..")): RuntimePackage {
  const { version, license, engines } = readJson(join(root, "package.json")) as Pick<
    RuntimePackage,
    "version" | "license" | "engines"
  >;
  const locked = readLock(root);
  const versions = (names: readonly string[]): Versions =>
    Object.fromEntries(names.map((name) => [name, lockedVersion(locked, name)]));
  const facts = { version, license, engines, dependencies: versions(runtimeDependencies), tools: versions(tools) };
  const packed = tarball([
    { path: "package.json", bytes: Buffer.from(`${JSON.stringify(manifest(facts), null, 2)}\n`) },
    { path: "LICENSE", bytes: readFileSync(join(root, "LICENSE")) },
    ...[...builtFiles(root, "dist/runtime"), planSchema].map((path) => ({
      path,
      bytes: withoutMap(readFileSync(join(root, path))),
    })),
  ]);
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  return { ...facts, locked, tarball: packed, integrity };
}

function readLock(root: string): Locked {
  const checkedOut = join(root, "package-lock.json");
  const file = existsSync(checkedOut) ? checkedOut : join(root, builtLock);
  return lockForServices((readJson(file) as { readonly packages: Locked }).packages);
}

function manifest({
  version,
  license,
  engines,
  dependencies,
}: Omit<RuntimePackage, "locked" | "tarball" | "integrity">) {
  return {
    name: runtimeName,
    version,
    description: "The runtime of services that ekiben compiled.",
    license,
    engines,
    main: "dist/runtime/index.js",
    types: "dist/runtime/index.d.ts",
    dependencies,
  };
}

/** What the runtime holds a plan.json against. */
const planSchema = "dist/schemas/plan.schema.json";

/** A compiled service follows no files; these alone need a library for it. */
export const leftOut: readonly string[] = ["reloader", "file-watch", "fingerprint"];

function isLeftOut(file: string): boolean {
  return leftOut.includes(file.replace(/\.(js|d\.ts)$/, ""));
}

/** Code and types, without the maps that lead to sources which are not there. */
function builtFiles(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return builtFiles(root, path);
    return /\.(js|d\.ts|json)$/.test(entry.name) && !isLeftOut(entry.name) ? [path] : [];
  });
}

function withoutMap(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("utf8").replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
