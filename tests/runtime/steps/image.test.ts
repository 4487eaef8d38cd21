/** Geometry and tensors of images against Pillow and torchvision. */
import { imageSteps } from "../../../runtime/steps/image/index.js";
import { imageType, stringType, type Type } from "../../../runtime/types/type.js";
import { Image, isTensor, type Json } from "../../../runtime/values/value.js";
import { fileOf, named, pixelsOf } from "../../support/image-references.js";
import { imageOf, openPicture } from "../../support/images.js";
import { differences, referenceCases } from "../../support/reference.js";
import { refusal } from "../../support/refusal.js";
import { runStep, stepNamed } from "../../support/run-step.js";
import { runExample } from "../../support/step-examples.js";
import { tokenizers } from "../../support/tokenizers.js";
import { ruleOf, typeOf } from "../../support/typing.js";

type Arguments = { readonly [name: string]: Json };

/** The references' sizes are [height, width]; the steps' are [width, height]. */
function turned(size: Json | undefined): Json {
  if (!Array.isArray(size)) throw new Error("a size is expected");
  const [height, width]: readonly Json[] = size;
  return [width ?? null, height ?? null];
}

describe("every example of the reference pages gives the result that it states", () => {
  const examples = imageSteps.flatMap((step) => step.examples.map((each) => [step.name, each.title, each] as const));

  test("every step has one", () => {
    expect(imageSteps.filter((step) => step.examples.length === 0)).toEqual([]);
  });

  test.each(examples)("%s: %s", async (name, _title, example) => {
    expect(await runExample(stepNamed(name), example, tokenizers())).toEqual(example.result);
  });
});

describe("image.resize", () => {
  // The references allow a difference of 1 of 255; Pillow's own arithmetic gives none.
  test.each(named(referenceCases("resize")))("%s", async (_name, each) => {
    const size = each.arguments["size"];
    const args = size === undefined ? each.arguments : { ...each.arguments, size: turned(size) };
    const result = await runStep("image.resize", { image: await openPicture(fileOf(each)), ...args });
    expect(differences(pixelsOf(result), each.expected, 0)).toEqual([]);
  });

  test("there are 92 cases", () => {
    expect(referenceCases("resize")).toHaveLength(92);
  });

  test("a size that no memory holds is refused", async () => {
    const image = new Image(100_000, 1, 1, new Uint8Array(100_000));
    expect(await refusal(runStep("image.resize", { image, shortest_edge: 224 }))).toContain("is larger than");
    expect(await refusal(runStep("image.resize", { image, size: [1e6, 1e6] }))).toContain("is larger than");
    expect(await refusal(runStep("image.resize", { image }))).toContain("exactly one of");
    const thread = new Image(2_000_000, 1, 1, new Uint8Array(2_000_000));
    expect(await refusal(runStep("image.resize", { image: thread, size: [8, 8] }))).toContain("Crop it first");
  });
});

describe("image.crop and image.pad", () => {
  test.each(named(referenceCases("crop_pad")))("%s", async (_name, each) => {
    const { center, letterbox, ...rest } = each.arguments;
    const args = {
      ...rest,
      ...(center === undefined ? {} : { center: turned(center) }),
      ...(letterbox === undefined ? {} : { letterbox: turned(letterbox) }),
    };
    const result = await runStep(each.step, { image: await openPicture(fileOf(each)), ...args });
    expect(differences(pixelsOf(result), each.expected, 0)).toEqual([]);
  });

  test("there are 51 cases", () => {
    expect(referenceCases("crop_pad")).toHaveLength(51);
  });

  test("a letterboxed image knows where the original lies", async () => {
    const image = new Image(200, 100, 3, new Uint8Array(60_000));
    const boxed = await runStep("image.pad", { image, letterbox: [64, 64], value: 114 });
    expect(boxed instanceof Image ? boxed.geometry : boxed).toEqual({
      scale: 0.32,
      left: 0,
      top: 16,
      width: 64,
      height: 32,
      original: { width: 200, height: 100 },
    });
    const bordered = await runStep("image.pad", { image, left: 3, top: 4 });
    expect(bordered instanceof Image ? bordered.geometry : bordered).toMatchObject({
      scale: 1,
      left: 3,
      top: 4,
      width: 200,
    });
  });

  test("mirrors as often as the border needs", async () => {
    const image = imageOf([[[1], [2], [3]]]);
    const pixels = async (mode: string) => {
      const result = await runStep("image.pad", { image, left: 5, right: 5, mode });
      return result instanceof Image ? [...result.data] : result;
    };
    expect(await pixels("reflect")).toEqual([2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]);
    expect(await pixels("symmetric")).toEqual([2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2]);
    expect(await pixels("edge")).toEqual([1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3]);
  });

  test("a box without pixels is refused", async () => {
    const image = imageOf([[[1]]]);
    expect(await refusal(runStep("image.crop", { image, box: [1, 0, 1, 1] }))).toContain('"box" has no pixels');
    expect(await refusal(runStep("image.crop", { image, box: [0, 0, 1e6, 1e6] }))).toContain("is larger than");
  });
});

describe("image.to_tensor", () => {
  test.each(named(referenceCases("to_tensor")))("%s", async (_name, each) => {
    const { channels, ...rest } = each.arguments;
    const args = channels === undefined ? rest : { ...rest, channels: String(channels).toLowerCase() };
    const result = await runStep("image.to_tensor", { image: await openPicture(fileOf(each)), ...args });
    expect(differences({ tensor: result ?? null }, each.expected, each.tolerance)).toEqual([]);
  });

  test("there are 19 cases", () => {
    expect(referenceCases("to_tensor")).toHaveLength(19);
  });

  async function values(image: Image, args: Arguments): Promise<readonly (number | bigint | string)[]> {
    const result = await runStep("image.to_tensor", { image, scale: 1, ...args });
    if (!isTensor(result)) throw new Error("a tensor is expected");
    return [...result.data];
  }

  test("takes the channels that it is asked for", async () => {
    const rgba = imageOf([[[1, 2, 3, 4]]]);
    expect(await values(rgba, {})).toEqual([1, 2, 3, 4]);
    expect(await values(rgba, { channels: "rgb" })).toEqual([1, 2, 3]);
    expect(await values(rgba, { channels: "bgr" })).toEqual([3, 2, 1]);
    expect(await values(imageOf([[[255, 0, 0]]]), { channels: "gray" })).toEqual([76]);
    expect(await values(imageOf([[[9]]]), { channels: "rgb" })).toEqual([9, 9, 9]);
    expect(await values(imageOf([[[9]]]), { channels: "gray" })).toEqual([9]);
  });

  test("integers are rounded, and refused where they do not fit", async () => {
    const gray = imageOf([[[1], [3]]]);
    expect(await values(gray, { dtype: "int64", scale: 0.5 })).toEqual([0n, 2n]);
    expect(await refusal(values(gray, { dtype: "int8" }))).toContain("int8 cannot hold 128");
    expect(await values(gray, { dtype: "int8", mean: [128] })).toEqual([-127, -125]);
    expect(await refusal(values(gray, { mean: [1, 2] }))).toContain('"mean" has 2 numbers, the tensor has 1 channels');
    expect(await refusal(values(gray, { std: [0] }))).toBe('"std" holds 0, which nothing can be divided by.');
  });
});

describe("types carry what is known of sizes and channels", () => {
  const photo: Type = { ...imageType, channels: 3 };
  const small: Type = { kind: "image", width: 8, height: 6, channels: 3 };

  test.each<[string, string, Parameters<typeof ruleOf>[1], object]>([
    ["decode", "image.decode", { image: stringType }, { width: null, height: null, channels: 3 }],
    [
      "decode to gray",
      "image.decode",
      { image: small, mode: { literal: "gray" } },
      { width: 8, height: 6, channels: 1 },
    ],
    ["resize", "image.resize", { image: photo, size: { literal: [32, 16] } }, { width: 32, height: 16, channels: 3 }],
    [
      "an edge",
      "image.resize",
      { image: small, shortest_edge: { literal: 3 } },
      { width: null, height: null, channels: 3 },
    ],
    ["crop", "image.crop", { image: photo, box: { literal: [1, 2, 5, 9] } }, { width: 4, height: 7, channels: 3 }],
    ["a center", "image.crop", { image: photo, center: { literal: [5, 4] } }, { width: 5, height: 4, channels: 3 }],
    ["pad", "image.pad", { image: small, left: { literal: 2 } }, { width: 10, height: 6, channels: 3 }],
    [
      "letterbox",
      "image.pad",
      { image: small, letterbox: { literal: [64, 32] } },
      { width: 64, height: 32, channels: 3 },
    ],
  ])("%s", (_name, step, args, expected) => {
    expect(ruleOf(step, args).type).toEqual({ kind: "image", ...expected });
  });

  test.each<[string, Parameters<typeof ruleOf>[1], string]>([
    ["an input", { image: photo }, "float32[3, ?, ?]"],
    ["a known size", { image: small }, "float32[3, 6, 8]"],
    ["gray", { image: small, channels: { literal: "gray" } }, "float32[1, 6, 8]"],
    ["HWC", { image: small, layout: { literal: "HWC" }, dtype: { literal: "uint8" } }, "uint8[6, 8, 3]"],
    ["channels of an expression", { image: small, channels: stringType }, "float32[?, 6, 8]"],
    [
      "a mean for other channels",
      { image: small, mean: { literal: [1, 2] } },
      'bad-argument at "mean": "mean" has 2 numbers, the tensor has 3 channels',
    ],
  ])("to_tensor of %s", (_name, args, expected) => {
    expect(typeOf("image.to_tensor", args)).toBe(expected);
  });

  test("mistakes that the spec shows are found", () => {
    const image = photo;
    expect(typeOf("image.crop", { image, box: { literal: [5, 0, 1, 1] } })).toContain('"box" has no pixels');
    expect(typeOf("image.decode", { image, background: { literal: "mauve" } })).toContain("is no colour");
    expect(typeOf("image.pad", { image, left: { literal: 1 }, letterbox: { literal: [1, 1] } })).toContain(
      '"left" does not go with "letterbox"',
    );
  });
});
