/** What `compile` does to the folder that it writes into. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ekibenSync } from "../support/command.js";
import { compiled, filesOf, writeSpec } from "../support/compiled-service.js";
import { inRepository } from "../support/paths.js";
import { temporaryFolder } from "../support/temp.js";

const graphs = { echo: { inputs: { text: { type: "string" } }, outputs: { text: "$text" } } };
const spec = { service: "small", graphs, endpoints: [{ path: "/echo", graph: "echo" }] };
const small = writeSpec(spec);

function compileInto(folder: string, ...words: readonly string[]): string {
  const { status, stderr } = ekibenSync(["compile", small, "-o", folder, "--quiet", ...words]);
  return `${status} ${stderr.replaceAll(folder, "OUT").trim()}`;
}

describe("the folder of a compiled service", () => {
  test("is made, and nothing else beside it", () => {
    const folder = compiled(small);
    expect(readdirSync(dirname(folder))).toEqual(["out"]);
    expect(Object.keys(filesOf(folder)).sort()).toEqual([
      ".dockerignore",
      ".ekiben.json",
      ".npmrc",
      "Dockerfile",
      "README.md",
      "openapi.json",
      "package-lock.json",
      "package.json",
      "plan.json",
      "src/client.ts",
      "src/server.ts",
      "src/types.ts",
      "src/validators.ts",
      "tsconfig.json",
      expect.stringMatching(/^vendor\/ekiben-runtime-.*\.tgz$/),
    ]);
  });

  test("that holds files of others is refused, and stays as it is", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "notes.txt"), "mine");
    expect(compileInto(folder)).toBe(
      '2 error: the folder "OUT" holds files, and ekiben did not make it\nhelp: name another with -o, or say --force to write into it; files of other names stay as they are',
    );
    expect(readdirSync(folder)).toEqual(["notes.txt"]);
    expect(compileInto(folder, "--force")).toBe("0 ");
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
  });

  test("keeps what the user added, and loses what is not written any more", () => {
    const folder = compiled(small, "--target", "compose");
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "src", "mine.ts"), "export {};\n");
    expect(compileInto(folder)).toBe("0 ");
    expect([
      existsSync(join(folder, "compose.yaml")),
      existsSync(join(folder, "node_modules")),
      existsSync(join(folder, "src", "mine.ts")),
    ]).toEqual([false, true, true]);
  });

  test("compiled again is the same as compiled at once", () => {
    const folder = compiled(small, "--target", "compose");
    expect(compileInto(folder)).toBe("0 ");
    expect(filesOf(folder)).toEqual(filesOf(compiled(small)));
  });

  test("is not written over where the user changed a file", () => {
    const folder = compiled(small);
    writeFileSync(join(folder, "src", "server.ts"), "// mine\n");
    const before = filesOf(folder);
    expect(compileInto(folder)).toBe(
      '2 error: in "OUT", "src/server.ts" would be lost: ekiben did not write it so\nhelp: keep your changes elsewhere, or say --force to lose them',
    );
    expect(filesOf(folder)).toEqual(before);
    expect(compileInto(folder, "--force")).toBe("0 ");
    expect(filesOf(folder)).toEqual(filesOf(compiled(small)));
  });

  test("gets back a file that the user deleted", () => {
    const folder = compiled(small);
    rmSync(join(folder, "src", "client.ts"));
    expect(compileInto(folder)).toBe("0 ");
    expect(existsSync(join(folder, "src", "client.ts"))).toBe(true);
  });

  test("is never left through a link", () => {
    const folder = compiled(small);
    const elsewhere = temporaryFolder();
    rmSync(join(folder, "src"), { recursive: true });
    symlinkSync(elsewhere, join(folder, "src"));
    expect(compileInto(folder)).toMatch(/^2 error: "OUT\/src" is in the way: it is no folder/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("is not the spec's own, not even with --force", () => {
    expect(compileInto(small, "--force")).toMatch(/^2 error: "OUT" is the spec's own folder/);
    expect(readdirSync(small)).toEqual(["bentofile.yaml"]);
  });

  test("is no file", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(compileInto(file)).toBe('2 error: "OUT" is no folder\nhelp: name a folder with -o');
  });

  // /dev/full and read-only folders stop everyone; permissions do not stop root.
  const isRoot = process.getuid?.() === 0;
  (isRoot ? test.skip : test)("without permission is one sentence, and nothing is left", () => {
    const parent = temporaryFolder();
    chmodSync(parent, 0o555);
    expect(compileInto(join(parent, "out"))).toMatch(
      /^3 error: there is no permission for writing "OUT"\nhelp: [^\n]+$/,
    );
    expect(readdirSync(parent)).toEqual([]);
  });

  test("that is a link leads to the folder behind it", () => {
    const folder = compiled(small);
    const link = join(temporaryFolder(), "link");
    symlinkSync(folder, link);
    expect(compileInto(link, "--target", "compose")).toBe("0 ");
    expect(existsSync(join(folder, "compose.yaml"))).toBe(true);
  });

  test("is not left in pieces when the command is interrupted", async () => {
    const parent = temporaryFolder();
    const child = spawn(process.execPath, [
      inRepository("dist", "cli", "main.js"),
      "compile",
      small,
      "-o",
      join(parent, "a", "out"),
    ]);
    await new Promise<void>((resolve) => {
      // The folder is made when the temporary one is about to be.
      const watcher = watch(parent, () => {
        watcher.close();
        child.kill("SIGTERM");
        resolve();
      });
    });
    await new Promise((resolve) => child.once("close", resolve));
    const left = Object.keys(filesOf(parent));
    expect(left.filter((path) => !path.startsWith("a/out/"))).toEqual([]);
    expect(left.length === 0 || left.includes("a/out/.ekiben.json")).toBe(true);
  });

  test("holds models by their digests, and those with data beside them under its own name", () => {
    const faulty = inRepository("tests", "fixtures", "models", "faulty");
    const folder = writeSpec({
      service: "external",
      models: { m: "deep/model.onnx" },
      graphs: {
        run: {
          inputs: { x: { type: "float32[n, 4]" } },
          steps: [{ id: "s", use: "m", with: { x: "$x" } }],
          outputs: { y: "$s" },
        },
      },
      endpoints: [{ path: "/run", graph: "run" }],
    });
    cpSync(join(faulty, "good_external"), join(folder, "deep"), { recursive: true });
    const models = Object.keys(filesOf(compiled(folder))).filter((path) => path.startsWith("models/"));
    const digest = createHash("sha256")
      .update(readFileSync(join(folder, "deep", "model.onnx")))
      .digest("hex");
    expect(models.sort()).toEqual([`models/${digest}/model.onnx`, `models/${digest}/weights.bin`]);
  });

  test("below what is no folder is one sentence", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(compileInto(join(file, "out"))).toMatch(/^2 error: "OUT" cannot be made: [^\n]+\nhelp: [^\n]+$/);
  });
});

describe("the command line of compile", () => {
  test("--json gives every file with its size and digest", () => {
    const folder = join(temporaryFolder(), "out");
    const { stdout } = ekibenSync(["compile", small, "-o", folder, "--json"]);
    const { ok, dir, files } = JSON.parse(stdout);
    expect([ok, dir]).toEqual([true, folder]);
    expect(files).toContainEqual({
      path: "src/server.ts",
      bytes: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(files.map(({ path }: { path: string }) => path).sort()).toEqual(
      Object.keys(filesOf(folder))
        .filter((path) => path !== ".ekiben.json")
        .sort(),
    );
  });

  test.each([
    [["compile", small], "2 error: compile needs a folder to write into"],
    [
      ["compile", small, "-o", "x", "--target", "kserve"],
      '2 error: the target "kserve" is not built yet; there are "service" and "compose"',
    ],
    [
      ["compile", small, "-o", "x", "--target", "compos"],
      '2 error: there is no target "compos"; there are "service" and "compose"',
    ],
  ])("%j", (words, sentence) => {
    const { status, stderr } = ekibenSync(words);
    expect(`${status} ${stderr.split("\n")[0]}`).toBe(sentence);
  });

  test("a spec with mistakes writes nothing", () => {
    const broken = writeSpec({ ...spec, endpoints: [{ path: "/echo", graph: "ecko" }] });
    const parent = temporaryFolder();
    expect(ekibenSync(["compile", broken, "-o", join(parent, "out")]).status).toBe(1);
    expect(readdirSync(parent)).toEqual([]);
  });
});
