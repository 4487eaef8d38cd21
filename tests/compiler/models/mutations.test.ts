import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { servableSignature } from "../../../compiler/models/servable.js";
import { readSignature } from "../../../compiler/models/signature.js";
import { inRepository } from "../../support/paths.js";
import { type Random, seeded } from "../../support/random.js";
import { temporaryFolder } from "../../support/temp.js";

const models = [
  "digits/mlp.onnx",
  "iris/iris_zipmap.onnx",
  "faulty/good.onnx",
  "faulty/good_external/model.onnx",
  "faulty/shapes/unbatched_output.onnx",
  "faulty/kinds/optional_input.onnx",
].map((name) => readFileSync(inRepository("tests", "fixtures", "models", name)));

function mutate(original: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(original);
  for (let count = 1 + random.integer(4); count > 0; count--)
    bytes[random.integer(Math.min(bytes.length, 2000))] = random.pick([0, 0x7f, 0x80, 0xff, random.integer(256)]);
  const end = random.integer(4) === 0 ? random.integer(bytes.length) : bytes.length;
  return random.integer(8) === 0
    ? Buffer.concat([bytes.subarray(0, end), bytes.subarray(end >> 1)])
    : bytes.subarray(0, end);
}

test("2,000 damaged models give a signature or a problem, and nothing else", () => {
  const path = join(temporaryFolder(), "model.onnx");
  const random = seeded(20);
  const outcomes = new Map<string, number>();
  for (let index = 0; index < 2000; index++) {
    writeFileSync(path, mutate(random.pick(models), random));
    const result = readSignature(path);
    const servable = result.ok ? servableSignature(result.signature) : result;
    const outcome = servable.ok ? "ok" : servable.problem.code;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()].sort()).toEqual([
    "model-external-data",
    "model-unreadable",
    "model-unsupported-type",
    "model-version",
    "ok",
  ]);
});

test("2,000 files of noise give a problem", () => {
  const path = join(temporaryFolder(), "model.onnx");
  const random = seeded(21);
  for (let index = 0; index < 2000; index++) {
    writeFileSync(path, Buffer.from(Array.from({ length: random.integer(300) }, () => random.integer(256))));
    expect(readSignature(path)).toMatchObject({ ok: false, problem: { code: "model-unreadable" } });
  }
});
