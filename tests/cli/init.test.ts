import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ekiben } from "../support/command.js";
import { inRepository } from "../support/paths.js";
import { temporaryFolder } from "../support/temp.js";

const fixture = (name: string): string => inRepository("tests", "fixtures", "models", name);

test.each([
  "iris/iris.onnx",
  "digits/cnn.onnx",
  "faulty/good.onnx",
  "faulty/good_external/model.onnx",
  "faulty/shapes/odd_names.onnx",
  "faulty/shapes/scalar.onnx",
  "faulty/shapes/vector.onnx",
  "faulty/shapes/fixed_batch.onnx",
  "faulty/shapes/all_dynamic.onnx",
  "faulty/shapes/unnamed.onnx",
  "faulty/shapes/optional_initializer.onnx",
  "faulty/shapes/unbatched_output.onnx",
  "faulty/types/string.onnx",
  "faulty/types/bool.onnx",
  "faulty/types/int64.onnx",
  "faulty/types/float16.onnx",
])("--model %s writes a spec that runs, with an example that passes", async (model) => {
  const folder = join(temporaryFolder(), "service");
  expect((await ekiben(["init", folder, "--model", fixture(model)])).stderr).toContain(`next: ekiben dev ${folder}`);
  expect(await ekiben(["check", folder])).toMatchObject({ status: 0 });
  const tested = await ekiben(["test", folder]);
  expect(tested).toMatchObject({ status: 0 });
  expect(tested.stderr).toContain("1 of 1 examples answer as expected");
});

test("a model of unknown rank gets a spec without an example", async () => {
  const folder = join(temporaryFolder(), "service");
  expect(await ekiben(["init", folder, "--model", fixture("faulty/shapes/unknown_rank.onnx")])).toMatchObject({
    status: 0,
  });
  const { stdout } = await ekiben(["run", folder, "-"], { input: '{"x": [[1, 1, 1], [2, 2, 2]]}' });
  expect(JSON.parse(stdout)).toEqual({
    y: [
      [-1, -1, -1],
      [-2, -2, -2],
    ],
  });
});

test.each(["faulty/empty.onnx", "faulty/html.onnx", "faulty/kinds/map_output.onnx", "nothing.onnx"])(
  "--model %s is refused in a sentence, and writes nothing",
  async (model) => {
    const folder = join(temporaryFolder(), "service");
    const { status, stderr } = await ekiben(["init", folder, "--model", fixture(model)]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: .+\nhelp: .+\n$/);
    expect(existsSync(folder)).toBe(false);
  },
);

test("without a model it is the iris example", async () => {
  const folder = join(temporaryFolder(), "flowers");
  expect(await ekiben(["init", folder])).toMatchObject({ status: 0 });
  expect(await ekiben(["test", folder])).toMatchObject({ status: 0 });
});

test("a spec that is there is not written over without --force", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "bentofile.yaml"), "service: mine\n");
  const { status, stderr } = await ekiben(["init", folder]);
  expect(status).toBe(1);
  expect(stderr).toContain("--force");
  expect(readFileSync(join(folder, "bentofile.yaml"), "utf8")).toBe("service: mine\n");
});

test("an unknown example is told with those that are there", async () => {
  expect(await ekiben(["init", temporaryFolder(), "--from", "digit"])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('did you mean "digits"?'),
  });
});

test("a folder of versions is no model to begin with", async () => {
  const folder = join(temporaryFolder(), "scorers");
  expect(await ekiben(["init", folder, "--model", inRepository("specs", "models", "scorers")])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("name the ONNX file of one version"),
  });
  expect(existsSync(folder)).toBe(false);
});
