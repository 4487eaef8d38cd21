/** Which models on demand are loaded once before anybody can ask for them. */
import { GroupPool, type WantedGroup } from "../../../../runtime/engine/group/group-pool.js";
import { triedOut } from "../../../../runtime/engine/versions/tried-out.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { newestVersion } from "../../../../runtime/plan/versions.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const file = writeModel(identityModel("float32[batch, 2]"));

function wanted(name: string, settings: Partial<PlanModel> = {}): WantedGroup {
  const model = planModel(file, { residency: "on_demand", ...settings });
  return { name, model, version: newestVersion(model) };
}

const namesOf = (models: readonly WantedGroup[], live = new GroupPool()): readonly string[] =>
  triedOut(models, live, 4).map(({ name }) => name);

/** As an engine has them: what it takes to open them is not looked at. */
function poolWith(...models: readonly WantedGroup[]): GroupPool {
  const pool = new GroupPool();
  for (const model of models) void pool.lease(model, () => new Promise(() => {}));
  return pool;
}

test("at a start none is, where the CPU may run it", () => {
  expect(namesOf([wanted("a"), wanted("b", { devices: ["cuda", "cpu"] })])).toEqual([]);
});

test("one for each choice of devices without the CPU is", () => {
  const models = [
    wanted("a", { devices: ["cuda"] }),
    wanted("b", { devices: ["cuda"] }),
    wanted("c", { devices: ["tensorrt", "cuda"] }),
    wanted("d", { devices: ["cpu"], instances: [{ count: 1, device: "cuda", ids: [1] }] }),
    wanted("e", { devices: ["webgpu"], residency: "always" }),
  ];
  expect(namesOf(models)).toEqual(["a", "c", "d"]);
});

test("what takes the place of a model that is live is; what is kept, added or always loaded is not", () => {
  const live = poolWith(wanted("kept"), wanted("changed"), wanted("always", { residency: "always" }));
  const changed = { queue: { maxSize: 7 } };
  const next = [
    wanted("kept"),
    wanted("changed", changed),
    wanted("always", { ...changed, residency: "always" }),
    wanted("added"),
  ];
  expect(namesOf(next, live)).toEqual(["changed"]);
});
