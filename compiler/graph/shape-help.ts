/** What to do about a tensor of the wrong shape. Where it is a picture the usual causes are known, and the steps that made it. */

import { quote } from "../../runtime/suggest.js";
import type { Dim } from "../../runtime/types/type.js";
import type { Given } from "./given.js";
import type { Node } from "./graph.js";
import type { UseContext } from "./typed-graph.js";

export interface ShapeHelp {
  readonly help: string;
  /** For behind the carets. */
  readonly note: string;
}

/** Undefined where the shapes are none of pictures. */
export function pictureHelp(
  found: readonly Dim[],
  wanted: readonly Dim[],
  given: Given,
  context: UseContext,
): ShapeHelp | undefined {
  if (wanted.length < 3 || found.length !== wanted.length) return undefined;
  const [channels, height, width] = wanted.slice(-3);
  const [foundChannels, foundHeight, foundWidth] = found.slice(-3);
  const tensor = madeBy("image.to_tensor", given.value, context);
  const resize = madeBy("image.resize", tensor?.args.get("image")?.value, context);
  const parts: string[] = [];
  if (typeof width === "number" && typeof height === "number" && (foundHeight !== height || foundWidth !== width))
    parts.push(`resize to [${width}, ${height}] ${place(resize, "image.resize")}`);
  if (typeof channels === "number" && foundChannels !== channels)
    parts.push(
      channels === 1 ? `say \`channels: gray\` ${place(tensor, "image.to_tensor")}` : `give ${channels} channels`,
    );
  if (parts.length === 0) return undefined;
  const isKnown = [channels, height, width, foundChannels, foundHeight, foundWidth].every(
    (dim) => typeof dim === "number",
  );
  const is = `${foundChannels} ${foundChannels === 1 ? "channel" : "channels"} of ${foundWidth} x ${foundHeight}`;
  const note = isKnown ? `${is}, the model wants ${channels} of ${width} x ${height}` : "";
  return { help: parts.join(", and "), note };
}

function place(node: Node | undefined, step: string): string {
  return node === undefined ? `with ${step}` : `in step ${quote(node.id)}`;
}

/** The step of this kind that a reference names. */
function madeBy(step: string, value: unknown, { nodes }: UseContext): Node | undefined {
  const node = typeof value === "string" && value.startsWith("$") ? nodes.get(value.slice(1)) : undefined;
  return node?.use.kind === "step" && node.use.step.name === step ? node : undefined;
}
