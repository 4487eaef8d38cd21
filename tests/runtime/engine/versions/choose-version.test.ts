/** Which version answers: by weight within what chance allows, by key always the same, by header as asked. */
import { chooseVersion } from "../../../../runtime/engine/versions/choose-version.js";
import type { PlanTraffic } from "../../../../runtime/plan/plan.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";
import { seeded } from "../../../support/random.js";

const file = writeModel(identityModel("float32[batch, 2]"));

function reader(traffic: PlanTraffic, settings: { shadow?: string; labels?: { [label: string]: string } } = {}) {
  const versions = ["3", "4", "5"].map((version) => ({ version, digest: version, file, externalData: [] }));
  return { ...planModel(file, { versions, ...settings }), traffic };
}

const { next: random } = seeded(1);
const never = (): number => {
  throw new Error("chance was asked");
};

/** How many of `count` requests each version gets. */
function shares(traffic: PlanTraffic, count: number, keyOf: (index: number) => string | undefined = () => undefined) {
  const counts: { [version: string]: number } = {};
  const model = reader(traffic);
  for (let index = 0; index < count; index++) {
    const key = keyOf(index);
    const version = chooseVersion("reader", model, key === undefined ? {} : { key }, random);
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

/** Within five standard deviations of a binomial: one in two million seeds would fail. */
function expectShare(found: number, percent: number, count: number): void {
  const p = percent / 100;
  const deviation = Math.sqrt(count * p * (1 - p));
  expect(Math.abs(found - count * p)).toBeLessThan(5 * deviation + 1);
}

describe("by weight", () => {
  test.each([[{ "3": 95, "4": 5 }], [{ "3": 33.3, "4": 33.3, "5": 33.4 }], [{ "3": 0.1, "4": 99.9 }]])(
    "%j",
    (weights: { [version: string]: number }) => {
      const counts = shares({ weights }, 40_000);
      for (const [version, percent] of Object.entries(weights)) expectShare(counts[version] ?? 0, percent, 40_000);
    },
  );

  test("the edges of chance", () => {
    const model = reader({ weights: { "3": 5, "4": 95 } });
    expect(chooseVersion("reader", model, {}, () => 0)).toBe("4");
    expect(chooseVersion("reader", model, {}, () => 1 - 2 ** -53)).toBe("3");
  });

  test("all to one", () => {
    expect(shares({ weights: { "4": 100 } }, 1_000)).toEqual({ "4": 1_000 });
  });
});

describe("by key", () => {
  const models = new Map<string, ReturnType<typeof reader>>();
  const choose = (weights: PlanTraffic["weights"], key: string, name = "reader") => {
    const id = JSON.stringify(weights);
    const model = models.get(id) ?? reader({ weights });
    models.set(id, model);
    return chooseVersion(name, model, { key }, never);
  };
  const keys = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);

  test("the shares are those of the weights", () => {
    const weights = { "3": 70, "4": 20, "5": 10 };
    const counts = shares({ weights }, keys.length, (index) => keys[index]);
    for (const [version, percent] of Object.entries(weights)) expectShare(counts[version] ?? 0, percent, keys.length);
  });

  /** Reckoned by hand in Python: the smallest -log(sha256)/weight. */
  test("a key has the same version in every process", () => {
    const few = keys.slice(0, 12).map((key) => choose({ "3": 50, "4": 50 }, key));
    expect(few.join("")).toBe("444344333334");
  });

  test("a canary that grows takes keys, and gives none back", () => {
    const moved = keys.map((key) => [choose({ "3": 95, "4": 5 }, key), choose({ "3": 80, "4": 20 }, key)].join(">"));
    expect(moved).not.toContain("4>3");
    expectShare(moved.filter((move) => move === "3>4").length, 15, keys.length);
  });

  test("a version that comes takes its share from the others, which keep the rest", () => {
    const before = { "3": 50, "4": 50 };
    const after = { "3": 40, "4": 40, "5": 20 };
    const moved = keys.map((key) => [choose(before, key), choose(after, key)].join(">"));
    expect(new Set(moved)).toEqual(new Set(["3>3", "4>4", "3>5", "4>5"]));
    expectShare(moved.filter((move) => move.endsWith(">5")).length, 20, keys.length);
  });

  test("two models choose apart: the keys of one canary are not those of the other", () => {
    const both = keys.filter((key) => choose({ "3": 50, "4": 50 }, key) === choose({ "3": 50, "4": 50 }, key, "other"));
    expectShare(both.length, 50, keys.length);
  });
});

describe("by header", () => {
  const labels = { stable: "3", canary: "4", next: "5" };
  const model = reader({ weights: { "3": 100 }, header: "x-version" }, { labels, shadow: "5" });
  const ask = (header: string, name = "reader") => chooseVersion(name, model, { header, key: "k" }, never);

  test.each([
    ["4", "4"],
    ["canary", "4"],
    ["reader=4", "4"],
    ["other=3, reader=canary", "4"],
    ["4, other=3", "4"],
    ["3, reader=4", "4"],
  ])("%s", (header, version) => {
    expect(ask(header)).toBe(version);
  });

  test("it says nothing of this model", () => {
    expect(ask("other=4")).toBe("3");
    expect(ask(" , ")).toBe("3");
  });

  test.each(["5", "next", "6", "constructor", "reader=", "reader=6", "04", "4;"])("%s is not served", (header) => {
    expect(() => ask(header)).toThrow(
      expect.objectContaining({
        code: "bad-header",
        status: 400,
        message:
          'The header "x-version" names no version of model "reader" that is served; it takes 3, 4, stable, canary.',
      }),
    );
  });
});
