/**
 * The labels that a file holds: one a line, a JSON list, a JSON object of index to name, or the `id2label` of a Hugging
 * Face `config.json`.
 */
import type { Json } from "../../values/value.js";

/** What is wrong with a file of labels, as a sentence. */
export class LabelsError extends Error {
  override readonly name = "LabelsError";
}

/**
 * The names by index. `fileName` says how to read the text (`.json` is JSON) and stands in messages. Throws `LabelsError`
 * where the file is not one of these forms, has an empty line, or where an index is missing or stands twice.
 */
export function parseLabels(text: string, fileName: string): readonly string[] {
  const content = text.replace(/^\uFEFF/, "");
  const labels = isJson(content, fileName) ? fromJson(content, fileName) : fromLines(content, fileName);
  if (labels.length === 0) throw new LabelsError(`"${fileName}" holds no labels; write one a line`);
  return labels;
}

function isJson(content: string, fileName: string): boolean {
  if (fileName.toLowerCase().endsWith(".json")) return true;
  if (!/^\s*[[{]/.test(content)) return false;
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

function fromLines(content: string, fileName: string): readonly string[] {
  const lines = content
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  const empty = lines.indexOf("");
  if (empty >= 0 && lines.length > 1)
    throw new LabelsError(
      `line ${empty + 1} of "${fileName}" is empty, but each line is the label of an index; give it a name`,
    );
  return lines.filter((line) => line !== "");
}

function fromJson(content: string, fileName: string): readonly string[] {
  const json = parseJson(content, fileName);
  if (isJsonList(json)) return json.map((label, index) => nameOf(label, index, fileName));
  if (!isJsonRecord(json))
    throw new LabelsError(`"${fileName}" holds no labels; a list of names or an object of index to name is expected`);
  const names = "id2label" in json ? json["id2label"] : json;
  if (names === undefined || !isJsonRecord(names))
    throw new LabelsError(`"id2label" in "${fileName}" must be an object of index to name`);
  return fromIndices(names, fileName);
}

function parseJson(content: string, fileName: string): Json {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new LabelsError(`"${fileName}" is no valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fromIndices(names: { readonly [index: string]: Json }, fileName: string): readonly string[] {
  const labels = new Map<number, string>();
  for (const [key, name] of Object.entries(names)) {
    if (!/^\d{1,9}$/.test(key))
      throw new LabelsError(
        `"${key}" in "${fileName}" is no index; an object of index to name, or a config.json with "id2label", is expected`,
      );
    const index = Number(key);
    if (labels.has(index)) throw new LabelsError(`index ${index} stands twice in "${fileName}"; keep one of them`);
    labels.set(index, nameOf(name, index, fileName));
  }
  return Array.from({ length: labels.size }, (_, index) => {
    const label = labels.get(index);
    if (label === undefined)
      throw new LabelsError(
        `index ${index} is missing in "${fileName}", which has ${labels.size} labels; indices begin at 0 and leave no gap`,
      );
    return label;
  });
}

function nameOf(label: Json, index: number, fileName: string): string {
  if (typeof label === "string") return label;
  throw new LabelsError(
    `the label of index ${index} in "${fileName}" is ${JSON.stringify(label)}, but a text is expected`,
  );
}

function isJsonList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isJsonRecord(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
