/** `--set models.reader.instances=2`: a field of a spec overridden before anything is checked. */
import { parse, parseDocument } from "yaml";
import { maskPaths, unmask } from "./mask.js";

/** The text with each override applied; places of the rest move with it. A text that is no YAML is left to the checks. */
export function overrideFields(text: string, overrides: readonly string[]): string {
  if (overrides.length === 0) return text;
  const document = parseDocument(maskPaths(text));
  if (document.errors.length > 0) return text;
  for (const override of overrides) {
    const equals = override.indexOf("=");
    const path = splitPath(equals === -1 ? override : override.slice(0, equals));
    const value: unknown = equals === -1 ? null : parseValue(override.slice(equals + 1));
    const parent = path.slice(0, -1);
    if (typeof document.getIn(parent) === "string")
      document.setIn(parent, document.createNode({ source: document.getIn(parent) }));
    document.setIn(path, document.createNode(value));
  }
  return unmask(document.toString({ lineWidth: 0 }));
}

function parseValue(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

/** Dots part the names; whole numbers are indices; a name with dots stands in brackets: `models["a.b"].instances`. */
function splitPath(path: string): (string | number)[] {
  const parts = path.match(/\["[^"]*"\]|\[\d+\]|[^.[\]]+/g) ?? [path];
  return parts.map((part) => {
    const inner = part.startsWith("[") ? part.slice(1, -1).replaceAll('"', "") : part;
    return /^\d+$/.test(inner) ? Number(inner) : inner;
  });
}
