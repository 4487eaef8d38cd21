/** image.decode against Pillow, and image.encode against image.decode. */
import { Image, type Json, type Tensor, type Value } from "../../../runtime/values/value.js";
import { fileOf, named, pixelsOf } from "../../support/image-references.js";
import { imageOf, imageToJson, openPicture, pictureBytes } from "../../support/images.js";
import { decodeReference, type ReferenceCase, referenceCases } from "../../support/reference.js";
import { refusal } from "../../support/refusal.js";
import { runStep } from "../../support/run-step.js";

describe("image.decode", () => {
  const cases = referenceCases("decode");
  const refused = cases.filter((each) => "error" in each.expected);
  // BMP is an extra of the references, which may be refused.
  const decoded = cases.filter((each) => !refused.includes(each) && fileOf(each) !== "fixtures/photo.bmp");

  function decode(each: ReferenceCase): Promise<Value | undefined> {
    const modes: { readonly [mode: string]: string } = { RGB: "rgb", RGBA: "rgba", L: "gray" };
    const args: { [name: string]: Json } = { ...each.arguments };
    if (args["mode"] !== undefined) args["mode"] = modes[String(args["mode"])] ?? null;
    if (args["alpha"] === "composite") args["alpha"] = "blend";
    return runStep("image.decode", { image: pictureBytes(fileOf(each)), ...args });
  }

  test("there are 48 cases", () => {
    expect([cases.length, refused.length, decoded.length]).toEqual([48, 11, 36]);
  });

  // CMYK states two tolerances; ours is the plain conversion's.
  test.each(named(decoded))("%s", async (_name, each) => {
    const tolerance = typeof each.tolerance === "number" ? each.tolerance : each.tolerance["plain_max_abs"];
    expect(largestDifference(pixelsOf(await decode(each)), each.expected)).toBeLessThanOrEqual(Number(tolerance));
  });

  test.each(named(refused))("%s", async (_name, each) => {
    const before = process.memoryUsage().rss;
    expect(await refusal(decode(each))).toMatch(/^The picture/);
    // The smallest of the bombs is 400 MB at a byte for each pixel.
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test("other formats are refused with what is taken", async () => {
    const say = (file: string) => refusal(runStep("image.decode", { image: pictureBytes(`fixtures/${file}`) }));
    const expected = "The picture's format is unknown. PNG, JPEG, WebP, GIF and TIFF are taken.";
    expect(await say("photo.bmp")).toBe(expected);
    expect(await say("external.svg")).toBe(expected);
    expect(await say("empty.png")).toBe("The picture is empty. PNG, JPEG, WebP, GIF and TIFF are taken.");
    expect(await say("bomb_real.png")).toBe(
      'The picture has 20000 x 20000 pixels, more than the 50000000 of "max_pixels". Send a smaller one.',
    );
  });

  test("blends on the background, and drops alpha where told to", async () => {
    const image = imageOf([
      [
        [255, 0, 0, 0],
        [255, 0, 0, 128],
        [255, 0, 0, 255],
      ],
    ]);
    const pixels = async (args: { readonly [name: string]: Json }) => {
      const result = await runStep("image.decode", { image, ...args });
      return result instanceof Image ? imageToJson(result)["pixels"] : result;
    };
    expect(await pixels({})).toEqual([
      [
        [255, 255, 255],
        [255, 127, 127],
        [255, 0, 0],
      ],
    ]);
    expect(await pixels({ background: "#0000ff" })).toEqual([
      [
        [0, 0, 255],
        [128, 0, 127],
        [255, 0, 0],
      ],
    ]);
    expect(await pixels({ alpha: "drop" })).toEqual([
      [
        [255, 0, 0],
        [255, 0, 0],
        [255, 0, 0],
      ],
    ]);
    expect(await pixels({ mode: "gray", background: [0, 0, 0] })).toEqual([[[0], [38], [76]]]);
    expect(await refusal(pixels({ background: "mauve" }))).toMatch(/^"background" is no colour/);
  });
});

/** The greatest difference of a pixel's channel; infinite where the sizes differ. */
function largestDifference(actual: Value, expected: Json): number {
  const want = decodeReference(expected) as { readonly width: Value; readonly pixels: Tensor };
  const got = actual as { readonly width: Value; readonly pixels: Tensor };
  if (want.pixels.shape.join() !== got.pixels.shape.join()) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const [i, value] of want.pixels.data.entries()) {
    largest = Math.max(largest, Math.abs(Number(value) - Number(got.pixels.data[i])));
  }
  return largest;
}

describe("image.encode", () => {
  test("a PNG keeps every pixel of every mode, a JPEG and a WebP come close", async () => {
    for (const file of ["grey.png", "photo.png", "rgba.png"]) {
      const image = await openPicture(`fixtures/${file}`);
      const mode = ({ 1: "gray", 3: "rgb", 4: "rgba" } as const)[image.channels];
      const again = async (format: string) => {
        const bytes = await runStep("image.encode", { image, format, quality: 95 });
        return runStep("image.decode", { image: bytes ?? null, mode });
      };
      expect(await again("png")).toEqual(image);
      for (const format of ["jpeg", "webp"])
        expect(await again(format)).toMatchObject({ width: image.width, height: image.height });
    }
  });

  test("a JPEG ignores transparency", async () => {
    const image = imageOf([[[255, 255, 255, 0]]]);
    const bytes = await runStep("image.encode", { image, format: "jpeg" });
    const again = await runStep("image.decode", { image: bytes ?? null });
    expect(again instanceof Image ? [...again.data] : again).toEqual([255, 255, 255]);
  });
});
