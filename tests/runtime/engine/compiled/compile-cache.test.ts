import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Entry, graphFile, weightsFile } from "../../../../runtime/engine/compiled/cache-entry.js";
import { CompileCache } from "../../../../runtime/engine/compiled/compile-cache.js";
import { temporaryFolder } from "../../../support/temp.js";

const kib = 1024;

/** Fills an entry's folder with files of that size. */
function compile(bytes = kib, kind: Entry["kind"] = "compiled") {
  return async (folder: string): Promise<Entry["kind"]> => {
    if (kind === "compiled")
      for (const name of [graphFile, weightsFile]) writeFileSync(join(folder, name), Buffer.alloc(bytes, name));
    return kind;
  };
}

/** Notes such files, of which only their names and sizes are right. */
function note(folder: string, names: readonly string[]): void {
  const files = names.map((name) => ({ name, bytes: statSync(join(folder, name)).size, sha256: "", changedMs: 0 }));
  writeFileSync(join(folder, "entry.json"), JSON.stringify({ kind: "compiled", model: "reader", files }));
}

function cache(maxBytes = 1000 * kib): CompileCache {
  return new CompileCache(join(temporaryFolder(), "models"), maxBytes);
}

test("what was put is found, by this and by the next process", async () => {
  const first = cache();
  expect(await first.find("a")).toBeUndefined();
  const put = await first.put("a", "reader", compile());
  expect(put).toEqual({ kind: "compiled", file: join(first.folder, "a", graphFile) });
  expect(await new CompileCache(first.folder, 1).find("a")).toEqual(put);
});

test("that a model cannot be compiled is remembered", async () => {
  const tried = cache();
  expect(await tried.put("a", "reader", compile(0, "unsuitable"))).toEqual({ kind: "unsuitable" });
  expect(await tried.find("a")).toEqual({ kind: "unsuitable" });
});

describe("an entry that is damaged is thrown away", () => {
  const damages: readonly (readonly [string, (folder: string) => void])[] = [
    ["a byte has changed", (folder) => writeFileSync(join(folder, weightsFile), Buffer.alloc(kib, "x"))],
    ["a file is longer", (folder) => appendFileSync(join(folder, weightsFile), "x")],
    ["a file is empty", (folder) => writeFileSync(join(folder, graphFile), "")],
    ["the note is no JSON", (folder) => writeFileSync(join(folder, "entry.json"), "{")],
    ["the note is another's", (folder) => writeFileSync(join(folder, "entry.json"), '{"kind":"compiled"}')],
    ["the note has no graph", (folder) => note(folder, [weightsFile])],
    ["the note names what is no file of an entry", (folder) => note(folder, [graphFile, ".."])],
    [
      "a file cannot be read",
      (folder) => {
        rmSync(join(folder, weightsFile));
        mkdirSync(join(folder, weightsFile));
        note(folder, [graphFile, weightsFile]);
      },
    ],
  ];

  test.each(damages)("%s", async (_, damage) => {
    const damaged = cache();
    await damaged.put("a", "reader", compile());
    damage(join(damaged.folder, "a"));
    expect(await damaged.find("a")).toBeUndefined();
    expect(await damaged.put("a", "reader", compile())).toMatchObject({ kind: "compiled" });
  });
});

test("one whose files were touched and not changed is read once more, and found", async () => {
  const touched = cache();
  await touched.put("a", "reader", compile());
  const file = join(touched.folder, "a", weightsFile);
  writeFileSync(file, readFileSync(file));
  expect(await touched.find("a")).toMatchObject({ kind: "compiled" });
  expect(await touched.find("a")).toMatchObject({ kind: "compiled" });
});

test("a compilation that fails leaves nothing", async () => {
  const failing = cache();
  const fail = () => Promise.reject(new Error("the model was changed"));
  expect(await failing.put("a", "reader", fail)).toBeUndefined();
  expect(await failing.list()).toEqual([]);
});

test("where nothing can be written nothing is kept, and nothing fails", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const nowhere = new CompileCache(join(file, "models"), kib);
  expect(await nowhere.put("a", "reader", compile())).toBeUndefined();
  expect([await nowhere.find("a"), await nowhere.list()]).toEqual([undefined, []]);
});

test("of two who put the same at once, both find it", async () => {
  const shared = cache();
  const both = await Promise.all([shared.put("a", "reader", compile()), shared.put("a", "reader", compile())]);
  expect(both.map((each) => each?.kind)).toEqual(["compiled", "compiled"]);
  expect(await shared.list()).toHaveLength(1);
});

test("above its bound, what was not used for longest goes", async () => {
  const bounded = cache(5 * kib);
  await bounded.put("a", "first", compile());
  await bounded.put("b", "second", compile());
  for (const [key, seconds] of [
    ["a", 10],
    ["b", 20],
  ] as const)
    utimesSync(join(bounded.folder, key, "entry.json"), seconds, seconds);
  await bounded.find("a");
  await bounded.put("c", "third", compile());
  expect((await bounded.list()).map(({ key }) => key).sort()).toEqual(["a", "c"]);
});

test("it lists what there is, and clears it", async () => {
  const listed = cache();
  await listed.put("a", "reader", compile());
  mkdirSync(join(listed.folder, "not an entry"));
  expect(await listed.list()).toEqual([
    { key: "a", model: "reader", kind: "compiled", bytes: 2 * kib, usedMs: expect.any(Number) },
  ]);
  expect(await listed.clear()).toEqual({ entries: 1, bytes: 2 * kib });
  expect(existsSync(join(listed.folder, "a"))).toBe(false);
});
