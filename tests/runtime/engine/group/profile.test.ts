import { profile } from "../../../../runtime/engine/group/profile.js";
import { type MeasuredRun, RunCost } from "../../../../runtime/engine/group/run-cost.js";
import { EkibenError } from "../../../../runtime/errors.js";
import { sizeOf, type Tensor } from "../../../../runtime/values/value.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const model = planModel(writeModel(identityModel("float32[batch, 4]")), {
  batching: { maxBatchSize: 32, maxQueueDelayMs: 0 },
});
const idle = async () => true;

/** What a run of x takes; its buffer is given away, as to a thread. */
function taken(x: Tensor | undefined, msOf: (shape: readonly number[]) => number): number {
  if (!(x?.data instanceof Float32Array) || !(x.data.buffer instanceof ArrayBuffer)) throw new Error("nothing to run");
  structuredClone(x.data, { transfer: [x.data.buffer] });
  return msOf(x.shape);
}

/** What is found of a model that takes so long for so many rows. */
async function found(msOf: (rows: number) => number): Promise<{ readonly sizes: string; readonly most: number }> {
  const measured = await profile({
    model,
    idle,
    run: async ({ x }) => taken(x, (shape) => msOf(shape[0] ?? 0)),
  });
  const sizes = (measured ?? []).map(({ work }) => work / 4).join(" ");
  return { sizes, most: Math.min(32, new RunCost(measured).knee / 4) };
}

test("a model whose runs all take the same time gets the largest batches", async () => {
  expect(await found(() => 0.1)).toEqual({ sizes: "1 2 4 8 16 32", most: 32 });
});

test("a model that takes as long for each row gets none, and is not asked for more than two doublings", async () => {
  expect(await found((rows) => 40 * rows)).toEqual({ sizes: "1 2 4", most: 1 });
});

test("where the gain ends, batches end", async () => {
  expect(await found((rows) => Math.max(8, rows) * 3)).toEqual({ sizes: "1 2 4 8 16 32", most: 8 });
});

describe("rows of any length", () => {
  const free = planModel(writeModel(identityModel("float32[batch, length]")), {
    batching: { maxBatchSize: 4, maxQueueDelayMs: 0 },
  });
  /** The shapes that are tried of a model that takes so long for so many elements. */
  const shapes = async (msOf: (work: number, shape: readonly number[]) => number): Promise<string> => {
    const tried: string[] = [];
    const run = async ({ x }: { readonly [name: string]: Tensor }) => {
      const ms = taken(x, (shape) => msOf(sizeOf(shape), shape));
      if (!tried.includes(String(x?.shape))) tried.push(String(x?.shape));
      return ms;
    };
    await profile({ model: free, idle, run });
    return tried.join(" ");
  };

  test("get longer while that pays, once there are as many as a batch has", async () => {
    expect(await shapes((work) => Math.max(64, work))).toBe("1,8 2,8 4,8 4,16 4,32 4,64");
  });

  test("end where the model takes no longer ones, and at 512", async () => {
    const takes32 = (_: number, [, length = 0]: readonly number[]) => {
      if (length > 32) throw new EkibenError("model-failed", "It is too long.");
      return 1;
    };
    expect(await shapes(takes32)).toBe("1,8 2,8 4,8 4,16 4,32");
    expect(await shapes(() => 1)).toMatch(/ 4,256 4,512$/);
  });
});

test("runs that would keep a request waiting are not tried", async () => {
  expect((await found((rows) => 150 + rows)).sizes).toBe("1 2 4 8 16 32");
  expect((await found((rows) => 190 * Math.sqrt(rows))).sizes).toBe("1 2");
});

test("noise only ever adds: the shortest of several runs counts", async () => {
  let runs = 0;
  const measured = await profile({
    model,
    idle,
    run: async () => (runs++ >= 12 ? 1 : 9),
  });
  expect(measured?.map(({ ms }) => ms)).toEqual([1, 1, 1, 1, 1, 1]);
});

test("it ends with the group", async () => {
  const states = [true, false];
  let runs = 0;
  const run = async () => {
    runs++;
    return 1;
  };
  expect(await profile({ model, idle: async () => states.shift() === true, run })).toBeUndefined();
  expect(runs).toBe(1);
});

test("a model that takes nothing that can be made up is left unmeasured", async () => {
  const run = () => Promise.reject(new EkibenError("model-failed", "Not that."));
  expect(await profile({ model, idle, run })).toBeUndefined();
});

test("a mistake of ours is not taken for the model's", async () => {
  const run = () => Promise.reject(new TypeError("ours"));
  await expect(profile({ model, idle, run })).rejects.toThrow("ours");
});

describe("the cost of a run", () => {
  const cost = new RunCost([
    { work: 10, ms: 5 },
    { work: 20, ms: 6 },
    { work: 40, ms: 12 },
  ] satisfies MeasuredRun[]);

  test.each([
    [1, 5],
    [10, 5],
    [15, 5.5],
    [30, 9],
    [80, 24],
  ])("of %d elements is %d ms", (work, ms) => expect(cost.predict(work)).toBeCloseTo(ms, 12));

  test("ends to fall at the knee", () => expect(cost.knee).toBe(20));

  test("is unknown before anything was measured", () => {
    expect([new RunCost().predict(3), new RunCost().knee]).toEqual([undefined, Number.POSITIVE_INFINITY]);
  });
});
