/** What a type rule knows of an image argument. */
import { type Dim, type ImageType, imageType } from "../../../types/type.js";
import type { StepTyping } from "../../step.js";

/** The type of the argument `image`; nothing is known of it where it is no image. */
export function imageArgument(typing: StepTyping): ImageType {
  const type = typing.type("image");
  return type?.kind === "image" ? type : imageType;
}

/** Width and height of an argument that is written out as `[w, h]`; unknown ones where it is not. */
export function sizeLiteral(typing: StepTyping, name: string): readonly [Dim, Dim] {
  const literal = typing.literal(name);
  if (!Array.isArray(literal)) return [null, null];
  const [width, height]: readonly unknown[] = literal;
  return [typeof width === "number" ? width : null, typeof height === "number" ? height : null];
}
