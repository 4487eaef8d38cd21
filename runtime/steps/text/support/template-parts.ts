/** A template in its parts: text as it stands, and holes `{{ … }}` that hold an expression. */
import { invalidInput } from "../../../errors.js";

export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  /** `start` is where the expression begins in the template. */
  | { readonly kind: "hole"; readonly source: string; readonly start: number };

/** Splits a template at its holes. Braces inside the quotes of an expression do not end it; an open hole is refused. */
export function templateParts(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{{", at);
    const text = template.slice(at, open === -1 ? undefined : open);
    if (text !== "") parts.push({ kind: "text", text });
    if (open === -1) break;
    const close = endOfHole(template, open + 2);
    const inside = template.slice(open + 2, close);
    const start = open + 2 + inside.length - inside.trimStart().length;
    if (inside.trim() === "")
      throw invalidInput(`The hole at character ${open + 1} of the template is empty. Name a value in it.`);
    parts.push({ kind: "hole", source: inside.trim(), start });
    at = close + 2;
  }
  return parts;
}

/** Where the `}}` of a hole stands: outside of quotes, and not closing a map that the expression opens. */
function endOfHole(template: string, from: number): number {
  let depth = 0;
  let quote = "";
  for (let at = from; at < template.length; at++) {
    const character = template[at] ?? "";
    if (quote !== "") {
      if (character === "\\") at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{") depth++;
    else if (character === "}" && depth > 0) depth--;
    else if (character === "}" && template[at + 1] === "}") return at;
  }
  throw invalidInput(`The hole at character ${from - 1} of the template is not closed. End it with "}}".`);
}
