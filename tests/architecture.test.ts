/** The laws of `docs/architecture.md`, held against the imports of the sources. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { inRepository, root } from "./support/paths.js";

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const trees = ["compiler", "runtime", "cli"];
const files = [...trees.flatMap((tree) => sourcesIn(tree)), "index.ts"];
const imports = files.flatMap(importsOf);
const page = readFileSync(inRepository("docs", "architecture.md"), "utf8");

test("imports go down the floors only", () => {
  const upward = imports.filter(({ from, to }) => isOurs(to) && floorOf(to) > floorOf(from));
  expect(upward.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test("the runtime never imports the compiler or the command line", () => {
  const wrong = imports.filter(({ from, to }) => from.startsWith("runtime/") && /^(compiler|cli)\//.test(to));
  expect(wrong).toEqual([]);
});

test("engine, protocols and observe do not import one another, but for types in observe", () => {
  const floor = ["runtime/engine", "runtime/protocols", "runtime/observe"];
  const across = imports.filter(({ from, to, isType }) => {
    const here = floor.find((folder) => from.startsWith(`${folder}/`));
    const there = floor.find((folder) => to.startsWith(`${folder}/`));
    return here !== undefined && there !== undefined && here !== there && !(here === "runtime/observe" && isType);
  });
  expect(across).toEqual([]);
});

test("a third-party library is imported in the one place that the page names", () => {
  const places = new Map(
    [...page.matchAll(/^\| `([^`]+)` \| `([^`]+)` \|$/gm)].map(([, library = "", place = ""]) => [library, place]),
  );
  const wrong = imports
    // The servers that `compile` writes import it; the line stands in a template.
    .filter(({ to }) => !isOurs(to) && !to.startsWith("node:") && to !== "ekiben-runtime")
    .filter(({ from, to }) => {
      const place = places.get(libraryOf(to));
      return place === undefined || !(from === place || from.startsWith(`${place}/`));
    });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test("every library that is installed for users is imported, and named by the page", () => {
  const { dependencies } = JSON.parse(readFileSync(inRepository("package.json"), "utf8")) as { dependencies: object };
  const imported = new Set(imports.map(({ to }) => libraryOf(to)));
  // Swagger UI's assets come through swagger-ui-express; it is named so that its version is ours to choose.
  const unused = Object.keys(dependencies).filter((name) => !imported.has(name) && name !== "swagger-ui-dist");
  expect(unused).toEqual([]);
});

test("no file imports a folder, and none has a default export", () => {
  const folders = imports.filter(({ to }) => isOurs(to) && !/\.(ts|json)$/.test(to));
  const defaults = files.filter((file) => /^export default /m.test(readFileSync(join(root, file), "utf8")));
  expect(folders).toEqual([]);
  expect(defaults).toEqual([]);
});

test("values of modules do not import each other in circles", () => {
  const graph = new Map<string, string[]>();
  for (const { from, to, isType } of imports)
    if (!isType && isOurs(to)) graph.set(from, [...(graph.get(from) ?? []), to]);
  expect(circles(graph)).toEqual([]);
});

test("no source says any, nor silences the compiler or the linter without a reason", () => {
  const escapes =
    /(\/\/|\/\*) @ts-(ignore|expect-error)|\bas any[;,)\] ]|:\s*any[;,)\]>=]|\/\/ (eslint-disable|biome-ignore(?!.*: .{10}))/;
  const found = files.filter(
    (file) => file !== "compiler/diagnostics/catalogue.ts" && escapes.test(readFileSync(join(root, file), "utf8")),
  );
  expect(found).toEqual([]);
});

test("every file says in its first lines what it is for", () => {
  const silent = files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(root, file), "utf8")));
  expect(silent).toEqual([]);
});

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(inRepository(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const statements = [...text.matchAll(/^(?:import|export)(\s+type)?[^;]*?\sfrom\s+"([^"]+)";/gm)].map(
    ([, type, to = ""]) => ({ to, isType: type !== undefined }),
  );
  const calls = [...text.matchAll(/(?<!typeof )\b(?:import|require)\("([^"]+)"\)/g)].map(([, to = ""]) => ({
    to,
    isType: false,
  }));
  return [...statements, ...calls].map(({ to, isType }) => ({ from: file, to: resolve(file, to), isType }));
}

function resolve(file: string, to: string): string {
  if (!to.startsWith(".")) return to;
  return relative(root, join(root, dirname(file), to)).replace(/\.js$/, ".ts");
}

function isOurs(path: string): boolean {
  return path === "index.ts" || [...trees, "schemas"].some((tree) => path.startsWith(`${tree}/`));
}

function libraryOf(to: string): string {
  const parts = to.split("/");
  return to.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

/** The floor of a file: the longest folder of the page's table that it lies in. */
function floorOf(file: string): number {
  if (file.startsWith("schemas/")) return -1;
  const rows = [...page.matchAll(/^\| (\d) \| ([^|]+) \|/gm)].flatMap(([, floor = "", folders = ""]) =>
    [...folders.matchAll(/`([^`]+)`/g)].map(([, folder = ""]) => ({ floor: Number(floor), folder })),
  );
  const within = rows
    .filter(({ folder }) => file === folder || file.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
  if (within === undefined) throw new Error(`docs/architecture.md gives no floor to ${file}`);
  return within.floor;
}

function circles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (node: string, trail: readonly string[]): void => {
    state.set(node, "open");
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === "open") found.push([...trail.slice(trail.indexOf(next)), node, next].join(" → "));
      else if (state.get(next) === undefined) visit(next, [...trail, node]);
    }
    state.set(node, "done");
  };
  for (const node of graph.keys()) if (!state.has(node)) visit(node, []);
  return found;
}
