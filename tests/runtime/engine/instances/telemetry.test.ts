/** Of onnxruntime's telemetry nothing is left behind, wherever a model runs; what it keeps is a folder in the user's cache. */
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, listening, startCommand } from "../../../support/command.js";
import { call } from "../../../support/http.js";
import { inRepository } from "../../../support/paths.js";
import { folderOf } from "../../../support/service.js";

const running: Command[] = [];
afterEach(async () => {
  for (const command of running.splice(0)) {
    command.process.kill("SIGTERM");
    await command.ended;
  }
});

/** What is in the cache of a user whose service has answered. */
async function cacheOf(settings: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const home = mkdtempSync(join(tmpdir(), "ekiben-home-"));
  const folder = folderOf({
    "bentofile.yaml": `service: quiet
models: { classifier: { source: iris.onnx, ${settings} } }
graphs:
  classify:
    inputs: { x: { type: "float32[4]" } }
    steps: [{ id: scores, use: classifier, with: { float_input: $x } }]
    outputs: { scores: $scores.probabilities }
endpoints: [{ path: /classify, graph: classify }]
`,
    "iris.onnx": inRepository("examples", "iris", "models", "iris.onnx"),
  });
  // onnxruntime keeps quiet by itself where a variable says that it runs in continuous integration.
  const quiet = Object.fromEntries(ciVariables.map((name) => [name, undefined]));
  const command = startCommand(["serve", folder, "--port", "0"], {
    ...quiet,
    HOME: home,
    XDG_CACHE_HOME: undefined,
    ...env,
  });
  running.push(command);
  const answer = await call(`${await listening(command)}/classify`, { body: { x: [5.1, 3.5, 1.4, 0.2] } });
  expect(answer.status).toBe(200);
  return existsSync(join(home, ".cache")) ? readdirSync(join(home, ".cache")) : [];
}

const ciVariables = [
  "CI",
  "APPVEYOR",
  "BITBUCKET_BUILD_NUMBER",
  "BUILDKITE",
  "CIRCLECI",
  "CODEBUILD_BUILD_ID",
  "GITHUB_ACTIONS",
  "GITLAB_CI",
  "JENKINS_URL",
  "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
  "TEAMCITY_VERSION",
  "TF_BUILD",
  "TRAVIS",
];

test.each(["isolation: thread", "isolation: process"])("%s", async (settings) => {
  expect(await cacheOf(settings, {})).not.toContain("Microsoft");
});

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("whoever wants it has it", async () => {
  expect(await cacheOf("isolation: thread", { ORT_DISABLE_TELEMETRY: "0" })).toContain("Microsoft");
});
