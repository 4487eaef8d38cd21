import { systemClock } from "../../../../runtime/engine/clock.js";
import { cutRows, paddingOf, stackPadded } from "../../../../runtime/engine/group/padding.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { Processes } from "../../../../runtime/engine/instances/processes.js";
import { type EngineEvent, silentObserver } from "../../../../runtime/engine/observer.js";
import { openGroup } from "../../../../runtime/engine/open/open-group.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { inRepository } from "../../../support/paths.js";
import { planModel } from "../../../support/plan-model.js";
import { seeded } from "../../../support/random.js";

const whole = (tensor: Tensor) => ({ tensor, from: 0, to: tensor.shape[0] ?? 0 });
const int8 = (shape: readonly number[], ...values: number[]) => new Tensor("int8", shape, Int8Array.of(...values));

describe("filling up", () => {
  test("rows of unequal lengths are filled up at their ends", () => {
    expect(stackPadded([whole(int8([1, 2], 1, 2)), whole(int8([2, 3], 3, 4, 5, 6, 7, 8))], [3], 9)).toEqual(
      int8([3, 3], 1, 2, 9, 3, 4, 5, 6, 7, 8),
    );
  });

  test("a part of an item's rows is taken", () => {
    expect(stackPadded([{ tensor: int8([3, 1], 1, 2, 3), from: 1, to: 3 }], [2], 0)).toEqual(int8([2, 2], 2, 0, 3, 0));
  });

  test("every dimension is filled up", () => {
    expect(stackPadded([whole(int8([1, 1, 2], 1, 2)), whole(int8([1, 2, 1], 3, 4))], [2, 2], 0)).toEqual(
      int8([2, 2, 2], 1, 2, 0, 0, 3, 0, 4, 0),
    );
  });

  test.each([
    ["int64", BigInt64Array.of(5n), BigInt64Array.of(5n, -1n)],
    ["float16", Uint16Array.of(0x3c00), Uint16Array.of(0x3c00, 0xbc00)],
    ["float64", Float64Array.of(0.5), Float64Array.of(0.5, -1)],
  ] as const)("of %s with -1", (dtype, data, expected) => {
    expect(stackPadded([whole(new Tensor(dtype, [1, 1], data))], [2], -1)).toEqual(new Tensor(dtype, [1, 2], expected));
  });
});

test("cutting back gives what was there before", () => {
  const original = int8([2, 2, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  expect(cutRows(stackPadded([whole(original)], [4, 5], 99), [2, 3])).toEqual(original);
  expect(cutRows(original, [2, 3])).toBe(original);
});

test("the named dimensions of the inputs that are given a value are padded", () => {
  const inputs = [
    { name: "ids", dtype: "int64", shape: ["batch", "sequence"], batchable: true },
    { name: "image", dtype: "float32", shape: ["batch", 3, "height", "width"], batchable: true },
    { name: "other", dtype: "float32", shape: ["batch", "depth"], batchable: true },
  ] as const;
  const batching = { maxBatchSize: 4, maxQueueDelayMs: 0, pad: { ids: 0, image: 1 } };
  expect(paddingOf({ inputs, batching })?.dims).toEqual(["sequence", "height", "width"]);
  expect(paddingOf({ inputs })).toBeUndefined();
});

test("a sentence encoder: texts of unequal lengths share runs, and each gets what it gets alone", async () => {
  const file = inRepository("examples", "summarization", "models", "all-MiniLM-L6-v2.onnx");
  const pad = { input_ids: 0, attention_mask: 0, token_type_ids: 0 };
  const batching = { maxBatchSize: 32, maxQueueDelayMs: 0, pad };
  const lanes = new Lanes({ cores: 2, observer: silentObserver });
  const runs: number[] = [];
  const group = await openGroup({
    name: "encoder",
    model: planModel(file, { batching }),
    files: (name) => name,
    lanes,
    processes: new Processes(),
    observer: (event: EngineEvent) => event.kind === "batch-done" && runs.push(event.rows),
    clock: systemClock,
  });
  const random = seeded(7);
  const texts = Array.from({ length: 40 }, () =>
    BigInt64Array.from({ length: 3 + random.integer(30) }, () => BigInt(1000 + random.integer(20_000))),
  );
  const encode = (ids: BigInt64Array) => {
    const shape = [1, ids.length];
    const feeds = {
      input_ids: new Tensor("int64", shape, ids),
      attention_mask: new Tensor("int64", shape, new BigInt64Array(ids.length).fill(1n)),
      token_type_ids: new Tensor("int64", shape, new BigInt64Array(ids.length)),
    };
    return group.submit(feeds, 1, { signal: new AbortController().signal });
  };
  const together = await Promise.all(texts.map(encode));
  expect(runs.length).toBeLessThan(20);
  for (const [index, ids] of texts.entries()) {
    const alone = (await encode(ids))["last_hidden_state"];
    const shared = together[index]?.["last_hidden_state"];
    expect(shared?.shape).toEqual([1, ids.length, 384]);
    expect(alone?.shape).toEqual(shared?.shape);
    const [mine, theirs] = [Array.from(shared?.data ?? [], Number), Array.from(alone?.data ?? [], Number)];
    expect(Math.max(...mine.map((value, at) => Math.abs(value - (theirs[at] ?? Number.NaN))))).toBeLessThan(1e-4);
  }
  await group.close();
  await lanes.close();
});
