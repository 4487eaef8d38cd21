import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCache } from "../../runtime/engine/compiled/kept.js";
import { ekiben } from "../support/command.js";
import { temporaryFolder } from "../support/temp.js";

const outer = process.env["EKIBEN_CACHE"];
let folder = "";
beforeEach(async () => {
  folder = temporaryFolder();
  process.env["EKIBEN_CACHE"] = folder;
});
afterAll(() => {
  process.env["EKIBEN_CACHE"] = outer;
});

const fill = () =>
  openCache(folder).put("abcdef0123456789", "reader", async (made) => {
    for (const name of ["model.onnx", "weights.bin"]) writeFileSync(join(made, name), Buffer.alloc(2 ** 20));
    return "compiled";
  });

test("it lists what is kept, with size and last use", async () => {
  await fill();
  const { status, stdout } = await ekiben(["cache", "list"]);
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^abcdef012345 +2\.0 MB {2}last used \d{4}-\d\d-\d\d \d\d:\d\d {2}reader\n$/),
  ]);
  const json = JSON.parse((await ekiben(["cache", "list", "--json"])).stdout) as { entries: unknown[] };
  expect(json.entries).toEqual([
    { key: "abcdef0123456789", model: "reader", kind: "compiled", bytes: 2 ** 21, used: expect.any(String) },
  ]);
});

test("it clears it, with what was measured", async () => {
  await fill();
  mkdirSync(join(folder, "profiles"));
  expect((await ekiben(["cache", "clear"])).stderr).toContain(`1 model, 2.0 MB, cleared from ${folder}`);
  const empty = await ekiben(["cache", "list"]);
  expect([empty.status, empty.stdout, empty.stderr]).toEqual([0, "", expect.stringContaining("nothing is kept")]);
});

test.each(["list", "clear"])("%s says so where the cache is to be in what is no folder", async (action) => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const place of [file, join(file, "below")]) {
    process.env["EKIBEN_CACHE"] = place;
    const { status, stderr } = await ekiben(["cache", action]);
    expect([status, stderr]).toEqual([
      1,
      `error: the cache is to be in ${place}, which is no folder\nhelp: set EKIBEN_CACHE to a folder\n`,
    ]);
  }
});

test("it takes two words alone", async () => {
  const { status, stderr } = await ekiben(["cache", "shrink"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("it takes `list` or `clear`")]);
});
