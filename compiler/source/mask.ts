/**
 * Paths with brackets, such as `$best[].text`, where YAML allows no bracket: inside `{ … }` and `[ … ]`. Their brackets
 * are masked by characters of the same length while YAML reads the text, so that every offset stays true.
 */

const open = "\ue000";
const close = "\ue001";
const path = /\$[A-Za-z_]\w*(?:\.\w+|\[(?:-?\d+|"[^"\n,:#[\]{}]*")?\])+/g;

/** The text as YAML may read it. A text that holds the masks already is left as it is. */
export function maskPaths(text: string): string {
  if (!text.includes("$") || text.includes(open) || text.includes(close)) return text;
  return text.replaceAll(path, (found) => found.replaceAll("[", open).replaceAll("]", close));
}

/** A string as it was written. */
export function unmask(text: string): string {
  return text.includes(open) ? text.replaceAll(open, "[").replaceAll(close, "]") : text;
}
