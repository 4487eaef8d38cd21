/** Changes of files, however they were made, are told once they are at rest. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileWatch } from "../../../runtime/server/file-watch.js";
import { fingerprintOf } from "../../../runtime/server/fingerprint.js";
import { saves } from "../../support/save.js";
import { folderOf } from "../../support/service.js";

interface Followed {
  /** The names that the next change tells. */
  readonly changed: Promise<readonly string[]>;
}

const open: FileWatch[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((watch) => watch.close()));
});

function follow(...files: readonly string[]): Followed {
  const changed = new Promise<readonly string[]>((resolve) => {
    const watch = new FileWatch(resolve);
    open.push(watch);
    watch.follow(fingerprintOf(files));
  });
  return { changed };
}

test.each(Object.entries(saves()))("%s", async (_, save) => {
  const file = join(folderOf({ "a.yaml": "one", "b.yaml": "other" }), "a.yaml");
  const { changed } = follow(file);
  save(file, "another text");
  expect(await changed).toEqual([file]);
});

test("a file that was not there, in a folder that was not there", async () => {
  const folder = folderOf({ "a.yaml": "one" });
  const file = join(folder, "models", "new", "model.onnx");
  const { changed } = follow(join(folder, "a.yaml"), file);
  mkdirSync(join(folder, "models", "new"), { recursive: true });
  writeFileSync(file, "model");
  expect(await changed).toEqual([file]);
});

test("a file that goes", async () => {
  const file = join(folderOf({ "a.yaml": "one" }), "a.yaml");
  const { changed } = follow(file);
  rmSync(file);
  expect(await changed).toEqual([file]);
});

test("a folder of files that is swapped for another", async () => {
  const folder = folderOf({ "v1/m.onnx": "one", "v2/m.onnx": "second" });
  symlinkSync("v1", join(folder, "models"));
  const file = join(folder, "models", "m.onnx");
  const { changed } = follow(file);
  symlinkSync("v2", join(folder, "models.new"));
  renameSync(join(folder, "models.new"), join(folder, "models"));
  expect(await changed).toEqual([file]);
});

test("what a link leads to", async () => {
  const folder = folderOf({ "store/m.onnx": "one", "service/a.yaml": "" });
  const file = join(folder, "service", "m.onnx");
  symlinkSync(join(folder, "store", "m.onnx"), file);
  const { changed } = follow(file);
  writeFileSync(join(folder, "store", "m.onnx"), "another");
  expect(await changed).toEqual([file]);
});

test("a change made before the watch was ready", async () => {
  const file = join(folderOf({ "a.yaml": "one" }), "a.yaml");
  const seen = fingerprintOf([file]);
  writeFileSync(file, "another text");
  const changed = new Promise<readonly string[]>((resolve) => {
    const watch = new FileWatch(resolve);
    open.push(watch);
    watch.follow(seen);
  });
  expect(await changed).toEqual([file]);
});

test("a file beside the others is no change", async () => {
  const folder = folderOf({ "a.yaml": "one" });
  const { changed } = follow(join(folder, "a.yaml"));
  writeFileSync(join(folder, ".a.yaml.swp"), "an editor's own");
  writeFileSync(join(folder, "a.yaml"), "another text");
  expect(await changed).toEqual([join(folder, "a.yaml")]);
});

test("a file that is awaited may be written for long: it holds up no other, and is told once it is at rest", async () => {
  const folder = folderOf({ "a.yaml": "one", "new.onnx": "" });
  const [spec, awaited] = [join(folder, "a.yaml"), join(folder, "new.onnx")];
  const told: (readonly string[])[] = [];
  let next = (): void => {};
  const watch = new FileWatch((files) => {
    told.push(files);
    next();
  });
  open.push(watch);
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      next = resolve;
    });
  watch.follow(fingerprintOf([spec, awaited]), [awaited]);
  let size = 0;
  const writing = setInterval(() => writeFileSync(awaited, "x".repeat(++size)), 2);
  const first = change();
  writeFileSync(spec, "another text");
  await first;
  expect(told).toEqual([[spec]]);
  clearInterval(writing);
  await change();
  expect(told).toEqual([[spec], [awaited]]);
});
