/** What `compile` writes for one small spec, as it is kept in `golden/`; UPDATE_GOLDEN=1 writes it anew. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ekibenSync } from "../../support/command.js";
import { compiled, filesOf, lint } from "../../support/compiled-service.js";
import { inRepository } from "../../support/paths.js";
import { temporaryFolder } from "../../support/temp.js";

const golden = inRepository("tests", "compiler", "emit", "golden");

describe("a compiled service", () => {
  const folder = compiled(join(golden, "bentofile.yaml"), "--target", "compose");

  test.each(["src/server.ts", "src/types.ts", "src/client.ts", "Dockerfile", "compose.yaml", "README.md"])(
    "%s is as it was agreed on",
    (path) => {
      const text = readFileSync(join(folder, path), "utf8");
      // So that no project, linter or image builder takes the golden files for its own.
      const kept = join(golden, `${path.replace("src/", "")}.txt`);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(kept, text);
      expect(text).toBe(readFileSync(kept, "utf8"));
    },
  );

  test("server.ts has about 40 lines", () => {
    expect(readFileSync(join(folder, "src/server.ts"), "utf8").split("\n").length).toBeLessThan(45);
  });

  test("our own linter and formatter are content with it", () => {
    expect(lint(folder)).toBe("");
  });

  test("the same spec gives the same bytes, from another folder and under another name of it", () => {
    const elsewhere = temporaryFolder();
    cpSync(golden, elsewhere, { recursive: true });
    mkdirSync(join(elsewhere, "deep"));
    const { status, stderr } = ekibenSync(["compile", "-o", "deep/out", "--target", "compose"], elsewhere);
    expect([status, stderr.includes("npm ci")]).toEqual([0, true]);
    expect(filesOf(join(elsewhere, "deep/out"))).toEqual(filesOf(folder));
  });

  test("no path of the machine and no address is in any of its texts", () => {
    for (const path of Object.keys(filesOf(folder)).filter((each) => /\.(json|ts|md|yaml)$|file$|npmrc$/.test(each))) {
      const text = readFileSync(join(folder, path), "utf8");
      expect([path, text.includes(inRepository()), /https?:\/\/(?!localhost|127\.0\.0\.1)/.test(text)]).toEqual([
        path,
        false,
        false,
      ]);
    }
  });
});
