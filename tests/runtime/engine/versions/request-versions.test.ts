/** What of a request chooses its versions, and that they are chosen once. */
import { type Request, RequestVersions } from "../../../../runtime/engine/versions/request-versions.js";
import type { PlanTraffic } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";
import { seeded } from "../../../support/random.js";

const file = writeModel(identityModel("float32[batch, 2]"));
const versions = ["1", "2"].map((version) => ({ version, digest: version, file, externalData: [] }));
const half: PlanTraffic = { weights: { "1": 50, "2": 50 } };
const model = (traffic: PlanTraffic) => planModel(file, { versions, traffic });
const { next: random } = seeded(7);

function versionsOf(traffic: PlanTraffic, request: Request): RequestVersions {
  return new RequestVersions({ reader: model(traffic) }, request, random, undefined);
}

test("a model keeps its version for the whole request, and the caller is told once", () => {
  for (let round = 0; round < 50; round++) {
    const told: string[] = [];
    const models = { reader: model(half), other: model(half), plain: planModel(file) };
    const chosen = new RequestVersions(models, { inputs: {} }, random, (name, version) =>
      told.push(`${name}=${version}`),
    );
    const first = [chosen.of("reader"), chosen.of("other")];
    for (let step = 0; step < 20; step++) expect([chosen.of("reader"), chosen.of("other")]).toEqual(first);
    expect(chosen.of("plain")).toBeUndefined();
    expect(told).toEqual([`reader=${first[0]}`, `other=${first[1]}`]);
  }
});

describe("sticky_by", () => {
  const sticky = (request: Request) => versionsOf({ ...half, stickyBy: "User-Id" }, request).of("reader");
  const isSticky = (request: Request): boolean => new Set(Array.from({ length: 64 }, () => sticky(request))).size === 1;

  test.each([
    ["a text", "ada"],
    ["a number", 17],
    ["an integer beyond doubles", 2n ** 60n],
    ["a boolean", true],
    ["a tensor of one number", new Tensor("float32", [], new Float32Array([4]))],
  ])("%s as input", (_, value) => {
    expect(isSticky({ inputs: { "User-Id": value } })).toBe(true);
  });

  test("a header of that name, in any case, where no input has it", () => {
    expect(isSticky({ inputs: {}, headers: { "user-id": "ada" } })).toBe(true);
  });

  test("the input counts before the header", () => {
    const byInput = sticky({ inputs: { "User-Id": "ada" } });
    for (const header of ["a", "b", "c", "d", "e", "f"])
      expect(sticky({ inputs: { "User-Id": "ada" }, headers: { "user-id": header } })).toBe(byInput);
  });

  test.each([
    ["nothing", { inputs: {} }],
    ["a list", { inputs: { "User-Id": ["ada"] } }],
    ["null", { inputs: { "User-Id": null } }],
    ["an empty header", { inputs: {}, headers: { "user-id": "" } }],
  ])("%s is no key: chance decides", (_, request: Request) => {
    expect(isSticky(request)).toBe(false);
  });
});

test("a header that came twice is one list", () => {
  const request: Request = { inputs: {}, headers: { "x-version": ["other=1", "reader=2"] } };
  expect(versionsOf({ ...half, header: "x-version" }, request).of("reader")).toBe("2");
});
