import { readFileSync } from "node:fs";
import { ekiben } from "../support/command.js";
import { inRepository } from "../support/paths.js";

const flower = ["sepal_length=5.0", "sepal_width=3.6", "petal_length=1.4", "petal_width=0.2"].flatMap((input) => [
  "--input",
  input,
]);

test("inputs by name give the answer as JSON on stdout, and nothing else there", async () => {
  const { status, stdout, stderr } = await ekiben(["run", "examples/iris", ...flower, "--json"]);
  expect(status).toBe(0);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ species: "setosa" });
});

test("a dash reads a JSON object from stdin", async () => {
  const input = readFileSync(inRepository("examples", "iris", "request.json"), "utf8");
  const { stdout } = await ekiben(["run", "examples/iris", "-"], { input });
  expect(JSON.parse(stdout)).toMatchObject({ species: "setosa" });
});

test("@ reads a file, a picture as it is", async () => {
  const { stdout } = await ekiben(["run", "examples/digits", "--input", "image=@examples/digits/digit_7.png"]);
  expect(JSON.parse(stdout)).toMatchObject({ digit: "7" });
});

test("a graph that no endpoint serves can be run", async () => {
  const { stdout } = await ekiben(["run", "examples/router", "--graph", "urgency_of", "--input", "text=It is urgent!"]);
  expect(JSON.parse(stdout)).toEqual({ score: expect.closeTo(0.9526, 4) });
});

test("--set overrides a field, checked like the spec", async () => {
  const fine = await ekiben(["run", "examples/iris", ...flower, "--set", "models.classifier.instances=2"]);
  expect(fine.status).toBe(0);
  const wrong = await ekiben(["run", "examples/iris", ...flower, "--set", "models.classifier.instnces=2"]);
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toContain('there is no field "instnces"');
});

test("what is wrong with the input is told with each place, and is status 1", async () => {
  const { status, stdout, stderr } = await ekiben(["run", "examples/iris", "-"], {
    input: '{"sepal_length": "long", "petal": 1}',
  });
  expect(status).toBe(1);
  expect(stdout).toBe("");
  for (const place of ["/sepal_length", "/petal", "/sepal_width", "/petal_width"]) expect(stderr).toContain(place);
});

test("several endpoints need a choice", async () => {
  const { status, stderr } = await ekiben(["run", "examples/similarity", "--input", "query=x"]);
  expect(status).toBe(2);
  expect(stderr).toContain("--endpoint: /embed, /search");
});

test("an unknown endpoint or input is told with the nearest", async () => {
  expect((await ekiben(["run", "examples/iris", "--endpoint", "/clasify"])).stderr).toContain(
    'did you mean "/classify"?',
  );
  expect((await ekiben(["run", "examples/iris", "--input", "sepal_lenght=1"])).stderr).toContain(
    'did you mean "sepal_length"?',
  );
});
