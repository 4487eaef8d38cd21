/** `ekiben dev` as a person runs it: a process, its words, its page, and files that change. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, listening, startCommand } from "../support/command.js";
import { call } from "../support/http.js";
import { iris } from "../support/kitchen.js";
import { folderOf } from "../support/service.js";

const spec = `service: flowers
models:
  classifier: iris.onnx
graphs:
  classify:
    inputs:
      row: { type: "float32[4]" }
      labels: { type: list<string>, default: [] }
    steps:
      - { id: scores, use: classifier, with: { float_input: $row } }
    outputs: { edition: one, probabilities: $scores.probabilities }
endpoints:
  - { path: /classify, graph: classify, examples: [{ name: setosa, inputs: { row: [5.1, 3.5, 1.4, 0.2] } }] }
`;

const running: Command[] = [];
afterEach(async () => {
  for (const command of running.splice(0)) {
    command.process.kill("SIGKILL");
    await command.ended;
  }
});

function dev(folder: string, ...options: readonly string[]): Command {
  const command = startCommand(["dev", folder, "--port", "0", "--host", "127.0.0.1", ...options]);
  running.push(command);
  return command;
}

const body = { row: [5.1, 3.5, 1.4, 0.2] };

test("says where it listens, follows a change, and ends as it is told", async () => {
  const folder = folderOf({ "bentofile.yaml": spec, "iris.onnx": iris });
  const command = dev(folder, "--json");
  const url = await listening(command);
  expect((await call(`${url}/classify`, { body })).json).toMatchObject({ edition: "one" });
  writeFileSync(join(folder, "bentofile.yaml"), spec.replace("edition: one", "edition: two"));
  await command.said(/generation 2 is live/);
  expect((await call(`${url}/classify`, { body })).json).toMatchObject({ edition: "two" });
  command.process.kill("SIGTERM");
  expect(await command.ended).toBe(143);
  expect(command.stdout()).toBe(`{"event":"listening","url":"${url}"}\n`);
});

test("a spec that is broken at first: its frames, a page, 503 for the rest, and live once it is mended", async () => {
  const folder = folderOf({ "bentofile.yaml": spec.replace("use: classifier", "use: clasifier"), "iris.onnx": iris });
  const command = dev(folder);
  const url = await listening(command);
  expect(command.stderr()).toContain('error unknown-step: there is no step, model or graph "clasifier"');
  expect((await call(`${url}/livez`)).status).toBe(200);
  expect((await call(`${url}/`)).headers["content-type"]).toBe("text/html; charset=utf-8");
  expect((await call(`${url}/readyz`)).json).toEqual({ ready: false, missing: ["the first deployment"] });
  const refused = await call(`${url}/classify`, { body });
  expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
  writeFileSync(join(folder, "bentofile.yaml"), spec);
  await command.said(/generation 1 is live/);
  expect((await call(`${url}/classify`, { body })).status).toBe(200);
});

test("a model that is not there yet is served once it appears", async () => {
  const folder = folderOf({ "bentofile.yaml": spec });
  const command = dev(folder);
  const url = await listening(command);
  expect(command.stderr()).toContain("error model-missing");
  writeFileSync(join(folder, "iris.onnx"), readFileSync(iris));
  await command.said(/generation 1 is live/);
  expect((await call(`${url}/classify`, { body })).status).toBe(200);
});

test("a broken save leaves the service, shows the frames, and is counted", async () => {
  const folder = folderOf({ "bentofile.yaml": spec, "iris.onnx": iris });
  const command = dev(folder);
  const url = await listening(command);
  writeFileSync(join(folder, "bentofile.yaml"), spec.replace("$scores.probabilities", "$scores.probabilitys"));
  await command.said(/this cannot be served; what was live stays live/);
  expect(command.stderr()).toContain("bentofile.yaml:11:");
  const answer = await call(`${url}/classify`, { body });
  expect([answer.status, answer.headers["x-ekiben-generation"]]).toEqual([200, "1"]);
  expect((await call(`${url}/metrics`)).text).toContain('ekiben_reloads_total{result="failed"} 1');
});

test("a model that does not open is told at its line", async () => {
  const folder = folderOf({ "bentofile.yaml": spec, "iris.onnx": iris });
  const command = dev(folder);
  await listening(command);
  writeFileSync(join(folder, "iris.onnx"), readFileSync(iris).subarray(0, 200));
  await command.said(/error model-/);
  expect(command.stderr()).toContain("bentofile.yaml:3:15");
});

test("a file of environment variables is followed; a port counts from the next start on", async () => {
  const text = spec
    .replace("edition: one", "edition: one")
    .concat("server: { port: '${env:PORT}', timeout_ms: '${env:LIMIT}' }\n");
  const folder = folderOf({ "bentofile.yaml": text, "iris.onnx": iris, "dev.env": "PORT=4000\nLIMIT=1000\n" });
  const command = dev(folder, "--env-file", join(folder, "dev.env"));
  await listening(command);
  writeFileSync(join(folder, "dev.env"), "PORT=4001\nLIMIT=2000\n");
  await command.said(/generation 2 is live/);
  await command.said(/the new value of "server\.port" counts from the next start on/);
});

test("a spec that is not there is a sentence", async () => {
  const command = dev(join(folderOf({}), "nothing.yaml"));
  expect(await command.ended).toBe(1);
  expect(command.stderr()).toMatch(/^error: there is no spec at ".*nothing\.yaml"\nhelp: /);
});
