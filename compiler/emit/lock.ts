/** npm's lock files (version 3): the part of ekiben's own that a compiled service needs, with no addresses in it. */
import { invariant } from "../../runtime/errors.js";

export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Versions;
  readonly optionalDependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } };
  readonly [field: string]: unknown;
}

export type Versions = { readonly [name: string]: string };

/** Packages by where they lie, such as `node_modules/a/node_modules/b`. */
export type Locked = { readonly [path: string]: LockedPackage };

export interface Roots {
  readonly production: readonly string[];
  readonly development: readonly string[];
}

/** What the roots need, directly and further on, in the places where ekiben's own lock file has it. */
export function lockedClosure(locked: Locked, roots: Roots): Locked {
  const needed = (names: readonly string[], optional: boolean) =>
    reachable(
      locked,
      names.map((name) => placeOf(locked, "", name)),
      optional,
    );
  const always = { production: needed(roots.production, false), development: needed(roots.development, false) };
  const whole = { production: needed(roots.production, true), development: needed(roots.development, true) };
  const paths = [...new Set([...whole.production, ...whole.development])].sort();
  return Object.fromEntries(
    paths.map((path) => {
      const isProduction = whole.production.has(path);
      const isOptional = !always.production.has(path) && !always.development.has(path);
      const isBoth = isProduction && !always.production.has(path) && always.development.has(path);
      const flags = isBoth
        ? { devOptional: true }
        : { ...(isProduction ? {} : { dev: true }), ...(isOptional ? { optional: true } : {}) };
      return [path, { ...withoutPlace(locked[path] ?? {}), ...flags }];
    }),
  );
}

/** The exact version that is locked for a package at the top. */
export function lockedVersion(locked: Locked, name: string): string {
  const version = locked[placeOf(locked, "", name)]?.version;
  invariant(version !== undefined, `the version of "${name}" is locked`);
  return version;
}

function withoutPlace(locked: LockedPackage): LockedPackage {
  const { resolved: _, dev, optional, devOptional, peer, extraneous, funding, ...rest } = locked;
  return rest;
}

function reachable(locked: Locked, roots: readonly string[], optional: boolean): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...roots];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked[path] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter((peer) => peerDependenciesMeta?.[peer]?.optional !== true);
    for (const name of [...Object.keys(dependencies ?? {}), ...peers]) {
      if (optionalDependencies?.[name] === undefined) waiting.push(placeOf(locked, path, name));
    }
    if (optional) for (const name of Object.keys(optionalDependencies ?? {})) waiting.push(placeOf(locked, path, name));
  }
  return found;
}

/** Where Node finds a package: inside the one that asks, or beside one of those around it. */
function placeOf(locked: Locked, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (locked[path] !== undefined) return path;
    invariant(folder !== "", `"${name}" is locked, which "${from}" needs`);
  }
}
