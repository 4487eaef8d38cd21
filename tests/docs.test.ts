/**
 * Every block of the documentation is run. A yaml block with `file=NAME` is written there; `sh` blocks run in order, in one
 * folder a page, with `ekiben` being the compiled command and port 3000 a free one; the json or text block after one says
 * what it must print. A `ts` block is run as a program. `fails` after `sh` says that the last command must fail, `skip` that a
 * block cannot run here.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { differences } from "../runtime/server/examples/differences.js";
import { cliFile } from "./support/command.js";
import { inRepository, root } from "./support/paths.js";
import { temporaryFolder } from "./support/temp.js";

interface Block {
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

const pages = ["README.md", ...markdownIn("docs")].filter(
  (page) => !page.startsWith("docs/reference/") && page !== "docs/architecture.md",
);
test.each(pages)("%s", async (page) => {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "ekiben"), `#!/bin/sh\nexec ${process.execPath} ${cliFile} "$@"\n`, { mode: 0o755 });
  cpSync(inRepository("examples"), join(folder, "examples"), {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  const port = await freePort();
  const servers: ChildProcess[] = [];
  let printed = "";
  try {
    for (const { language, words, text } of blocksOf(readFileSync(inRepository(page), "utf8"))) {
      if (words.includes("skip") || isSetUp(text)) continue;
      if (language === "yaml") write(folder, words, text);
      else if (language === "sh")
        printed = await shell(text.replaceAll("localhost:3000", `localhost:${port}`), {
          folder,
          bin,
          port,
          servers,
          fails: words.includes("fails"),
          page,
        });
      else if (language === "json") expectJson(printed, text);
      else if (language === "text")
        for (const line of text.split("\n").filter((each) => each !== "")) expect(printed).toContain(line);
      else if (language === "ts") await program(text, folder);
    }
  } finally {
    for (const server of servers) server.kill("SIGTERM");
  }
});

test("the README's first two shell blocks are the two commands that do all the set-up", () => {
  const shells = blocksOf(readFileSync(inRepository("README.md"), "utf8")).filter(({ language }) => language === "sh");
  expect(shells.slice(0, 2).map(({ text }) => text)).toEqual(["npm install && npm start", "npm install && npm test"]);
});

test("links lead somewhere", () => {
  const broken = [...pages, "CONTRIBUTING.md", "docs/architecture.md"].flatMap((page) => {
    const links = [...readFileSync(inRepository(page), "utf8").matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, link = ""]) => link,
    );
    return links.filter((link) => !existsSync(join(root, dirname(page), link))).map((link) => `${page}: ${link}`);
  });
  expect(broken).toEqual([]);
});

/** The two commands of the README are what runs this test. */
function isSetUp(text: string): boolean {
  return text.startsWith("npm install && npm ");
}

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", info = "", text = ""]) => ({ language, words: info.trim().split(/\s+/), text: text.trimEnd() }),
  );
}

function write(folder: string, words: readonly string[], text: string): void {
  const name = words.find((word) => word.startsWith("file="))?.slice("file=".length);
  if (name === undefined) return;
  mkdirSync(join(folder, dirname(name)), { recursive: true });
  writeFileSync(join(folder, name), `${text}\n`);
}

interface ShellOptions {
  readonly folder: string;
  readonly bin: string;
  readonly port: number;
  readonly servers: ChildProcess[];
  readonly fails: boolean;
  readonly page: string;
}

async function shell(text: string, options: ShellOptions): Promise<string> {
  const commands = text.replaceAll("\\\n", " ").split("\n");
  // The README's call goes to the service that its first command serves.
  if (options.page === "README.md" && options.servers.length === 0)
    await serve("ekiben serve examples/summarization", options);
  let printed = "";
  for (const command of commands) {
    if (command.endsWith(" &")) await serve(command.slice(0, -2), options);
    else printed += await run(command, options);
  }
  return printed;
}

async function serve(command: string, { folder, bin, port, servers }: ShellOptions): Promise<void> {
  for (const server of servers.splice(0)) await ended(server);
  const [, ...args] = command.split(" ");
  const server = spawn(join(bin, "ekiben"), [...args, "--port", String(port)], { cwd: folder });
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("listening on http://")) resolve();
    });
    server.once("exit", () => reject(new Error(said)));
  });
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGTERM");
  });
}

function run(command: string, { folder, bin, fails }: ShellOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      "sh",
      ["-c", command],
      { cwd: folder, env: { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` } },
      (error, stdout, stderr) => {
        if ((error !== null) === fails) resolve(stdout + (fails ? stderr : ""));
        else reject(new Error(`${command}\n${stdout}${stderr}`));
      },
    );
  });
}

function expectJson(printed: string, text: string): void {
  expect(differences(JSON.parse(text), JSON.parse(printed), 1e-3)).toEqual([]);
}

/** Runs a block as a module that imports the package. */
async function program(text: string, folder: string): Promise<void> {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  if (!existsSync(join(folder, "node_modules", "ekiben"))) symlinkSync(root, join(folder, "node_modules", "ekiben"));
  writeFileSync(join(folder, "program.mjs"), text);
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, ["program.mjs"], { cwd: folder }, (error, stdout, stderr) =>
      error === null ? resolve() : reject(new Error(stdout + stderr)),
    );
  });
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(inRepository(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? markdownIn(path) : path.endsWith(".md") ? [path] : [];
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
