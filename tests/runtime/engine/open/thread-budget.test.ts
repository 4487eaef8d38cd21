import { createMachine, type Engine, openEngine } from "../../../../runtime/engine/engine.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { sharedThreads } from "../../../../runtime/engine/open/thread-budget.js";
import type { Plan, PlanModel } from "../../../../runtime/plan/plan.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const file = writeModel(identityModel("float32[batch, 2]"));
const { session } = planModel(file);

/** `2` is a model of two instances, `2x3` one whose instances ask for three threads each, `2g` one on a GPU. */
function models(text: string): readonly PlanModel[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((model) => {
      const [, count, threads, gpu] = /^(\d+)(?:x(\d+))?(g)?$/.exec(model) ?? [];
      return planModel(file, {
        instances: [{ count: Number(count) }],
        ...(gpu === undefined ? {} : { devices: ["cuda"] }),
        ...(threads === undefined ? {} : { session: { ...session, intraOpThreads: Number(threads) } }),
      });
    });
}

test.each([
  ["1", 8, 8],
  ["2", 8, 4],
  ["1 1", 8, 4],
  ["1 2", 8, 2],
  ["8", 8, 1],
  ["20", 8, 1],
  ["", 2, 2],
  ["1 1x6", 8, 2],
  ["2 2x3", 8, 1],
  ["1 1x9", 8, 1],
  ["1 4g", 8, 8],
])("models of %s instances on %i cores: %i threads for each that does not say", (text, cores, threads) => {
  expect(sharedThreads(models(text), cores)).toBe(threads);
});

test("a model that comes gets its share, and one that is kept keeps its threads", async () => {
  const machine = createMachine({ lanes: new Lanes({ cores: 4 }) });
  const open = (names: readonly string[]): Promise<Engine> => {
    const plan = {
      models: Object.fromEntries(names.map((name) => [name, planModel(file)])),
      graphs: {},
      endpoints: [],
      files: {},
      server: {},
    };
    return openEngine(plan as unknown as Plan, (name) => name, machine);
  };
  const threads = ({ groups }: Engine) =>
    [...groups].map(([name, versions]) => `${name} ${versions.get("1")?.placement?.intraOpThreads}`);
  const one = await open(["a"]);
  const two = await open(["a", "b"]);
  expect([one, two].map(threads)).toEqual([["a 4"], ["a 4", "b 2"]]);
  expect(two.groups.get("a")?.get("1")).toBe(one.groups.get("a")?.get("1"));
  await Promise.all([one, two].map((engine) => engine.close()));
  await machine.close();
});
