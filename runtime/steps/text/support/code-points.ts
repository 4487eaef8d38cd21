/** Offsets in code points, as tokenizers count, to JavaScript's, which are UTF-16 code units. */

export interface CodePoints {
  /** The part of the text from one code point to another, the end excluded. */
  slice(start: number, end: number): string;
}

/** Prepares a text for slicing by code points; one without surrogates needs no table. */
export function codePoints(text: string): CodePoints {
  if (!/[\uD800-\uDFFF]/.test(text)) return text;
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    starts[count] = at;
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  starts[count] = text.length;
  return { slice: (start, end) => text.slice(starts[Math.min(start, count)], starts[Math.min(end, count)]) };
}
