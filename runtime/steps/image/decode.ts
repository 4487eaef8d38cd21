/** image.decode: the bytes of a picture to its pixels. */
import { type ImageType, imageType, type Type } from "../../types/type.js";
import { Image } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";
import { colourOf, readColour } from "./support/colour.js";
import { channelsOf, convertMode } from "./support/convert-mode.js";
import { decodeImage } from "./support/libvips.js";

export const decode = defineStep({
  name: "image.decode",
  summary: "Decodes a picture to pixels.",
  equals: "Pillow's open, exif_transpose and convert",
  result: "image",
  details: `PNG, JPEG, WebP, GIF and TIFF are taken, by their first bytes and not by a name; of several frames or pages the first one. Other
formats are refused, among them SVG, which can name files of the server, and BMP.

The picture is turned as its EXIF says. Colour profiles are ignored and CMYK becomes RGB by plain arithmetic, both as Pillow
does it; of 16 bits the upper 8 are kept. What is cut off or broken is refused.

An \`image\` input of a graph has been through this step with its defaults.`,
  args: {
    image: { type: "media", description: "The bytes of a picture, or an image." },
    mode: { type: "string", enum: ["rgb", "rgba", "gray"], default: "rgb", description: "The channels of the result." },
    alpha: {
      type: "string",
      enum: ["blend", "drop"],
      default: "blend",
      description: "What becomes of transparency where `mode` has none: blended on `background`, or ignored.",
    },
    background: {
      type: "any",
      default: "white",
      description: "A colour: `white`, `black`, `#rrggbb` or `[red, green, blue]`.",
    },
    max_pixels: {
      type: "integer",
      minimum: 1,
      default: 50_000_000,
      description: "A picture of more pixels is refused before memory for them is taken.",
    },
  },
  examples: [
    {
      title: "The only pixel of a picture.",
      with: { image: { file: "fixtures/one_pixel.png" }, mode: "gray" },
      result: { width: 1, height: 1, pixels: [[[134]]] },
    },
  ],
  typeRule,
  async kernel({ image, mode, alpha, background, max_pixels }) {
    const decoded = image instanceof Image ? image : await decodeImage(image, max_pixels);
    return convertMode(decoded, { mode, alpha, background: colourOf("background", background) });
  },
});

function typeRule(typing: StepTyping): Type {
  const background = typing.literal("background");
  if (background !== undefined && readColour(background) === undefined) {
    const help = "write white, black, `#rrggbb` or [red, green, blue]";
    return typing.fail("background", "bad-argument", '"background" is no colour', help);
  }
  const mode = typing.literal("mode");
  const channels = mode === "rgb" || mode === "rgba" || mode === "gray" ? channelsOf[mode] : null;
  const given = typing.type("image");
  const known: ImageType = given?.kind === "image" ? given : imageType;
  return { ...known, channels };
}
