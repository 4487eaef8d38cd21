import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { quoteEnv, quoteShell } from "../../../compiler/emit/docker-quote.js";
import { ekibenSync } from "../../support/command.js";
import { compiled, writeSpec } from "../../support/compiled-service.js";
import { hostileString } from "../../support/hostile.js";
import { seeded } from "../../support/random.js";

const graphs = { echo: { inputs: { text: { type: "string" } }, outputs: { text: "$text" } } };

function dockerfile(docker: object, files: Readonly<Record<string, string>> = {}, more: object = {}): string {
  const folder = writeSpec({ service: "small", graphs, docker, ...more }, files);
  return readFileSync(join(compiled(folder), "Dockerfile"), "utf8");
}

describe("the docker block", () => {
  test("names the base by Node's version, or by itself", () => {
    expect(dockerfile({ node_version: "20" })).toContain("FROM node:20-bookworm-slim AS build");
    const own = dockerfile({ base_image: "registry.example.com/node:22" });
    expect(own.match(/^FROM .*$/gm)).toEqual([
      "FROM registry.example.com/node:22 AS build",
      "FROM registry.example.com/node:22",
    ]);
  });

  test("adds packages, a script and an end", () => {
    const text = dockerfile(
      { system_packages: ["ffmpeg", "libx=1~2"], setup_script: "setup.sh", dockerfile_template: "end" },
      { "setup.sh": "#!/bin/sh\n", end: "LABEL a=b\n" },
    );
    expect(text).toContain(
      "install -y --no-install-recommends -- ffmpeg 'libx=1~2' \\\n && rm -rf /var/lib/apt/lists/*",
    );
    expect(text).toContain("COPY docker/setup /tmp/setup\nRUN chmod +x /tmp/setup && /tmp/setup && rm /tmp/setup");
    expect(
      text.endsWith(
        'CMD ["node","--max-semi-space-size=32","--initial-old-space-size=96","--heap-growing-percent=100","dist/server.js"]\n\nLABEL a=b\n',
      ),
    ).toBe(true);
  });

  test("brings CUDA in by an image that has it", () => {
    const text = dockerfile({ cuda_version: "12.8.1" });
    expect(text).toContain("RUN npm ci --onnxruntime-node-install=cuda12\n");
    expect(text).toContain("FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04\nCOPY --from=build /usr/local/bin/node");
  });

  test("takes the port from the image's variables, the spec, or what stands for an unset variable", () => {
    expect(dockerfile({ env: { PORT: 8080 } })).toMatch(/^EXPOSE 8080$/m);
    expect(dockerfile({}, {}, { server: { port: 4000 } })).toMatch(/^ENV PORT="4000"$/m);
    expect(dockerfile({}, {}, { server: { port: "${env:SOME_UNSET_PORT:-5000}" } })).toMatch(/^EXPOSE 5000$/m);
  });

  test.each([
    ["a variable's name that is none", { env: { "A B": "x" } }, 'bad-name: "A B" cannot be the name of a variable'],
    ["a value of several lines", { env: { A: "x\nRUN false" } }, 'bad-value: "A" cannot be "x\\nRUN false"'],
    ["a CUDA that onnxruntime-node has not", { cuda_version: "13" }, 'bad-value: "cuda_version" cannot be "13"'],
    ["a CUDA without an image", { cuda_version: "12.3" }, 'bad-value: "cuda_version" cannot be "12.3"'],
    ["a script that is missing", { setup_script: "no.sh" }, 'file-missing: there is no file "no.sh"'],
    [
      "a script outside",
      { setup_script: "/etc/hostname" },
      'file-missing: "/etc/hostname" lies outside the spec\'s folder',
    ],
  ])("is refused with %s, by its place", (_what, docker, sentence) => {
    const folder = writeSpec({ service: "small", graphs, docker });
    const { status, stderr } = ekibenSync(["check", folder, "--quiet"]);
    expect([status, stderr.split("\n")[0]]).toEqual([1, `error ${sentence}`]);
  });

  test("is refused with a script that a link leads out to", () => {
    const folder = writeSpec({ service: "small", graphs, docker: { setup_script: "setup.sh" } });
    symlinkSync("/etc/hostname", join(folder, "setup.sh"));
    expect(ekibenSync(["check", folder, "--quiet"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"setup.sh" lies outside the spec\'s folder'),
    });
  });
});

describe("a user's word in a Dockerfile", () => {
  const random = seeded(11);
  const words = Array.from({ length: 300 }, () => hostileString(random).replaceAll(/\p{Cc}/gu, "")).filter(
    (word) => word !== "",
  );

  test("is one word for the shell", () => {
    const script = words.map((word) => `printf '%s\\0' ${quoteShell(word)}`).join("\n");
    const said = execFileSync("sh", ["-c", script], { encoding: "utf8" });
    expect(said.split("\0").slice(0, -1)).toEqual(words);
  });

  test("comes back as a value of ENV, by Docker's rules: a backslash keeps the character behind it", () => {
    for (const word of words) {
      const quoted = quoteEnv(word);
      const [, inside = ""] = /^"((?:[^"\\$]|\\["\\$])*)"$/.exec(quoted) ?? [];
      expect(inside.replaceAll(/\\(["\\$])/g, "$1")).toBe(word);
    }
  });
});
