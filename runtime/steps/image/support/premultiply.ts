/** RGBA with its colours multiplied by alpha, and back, in Pillow's arithmetic. */

/** Colours times alpha, rounded. */
export function premultiply(rgba: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] ?? 0;
    for (let c = i; c < i + 3; c++) {
      const product = (rgba[c] ?? 0) * alpha + 128;
      out[c] = ((product >> 8) + product) >> 8;
    }
    out[i + 3] = alpha;
  }
  return out;
}

/** Colours divided by alpha, cut off; where alpha is 0 they stay. */
export function unpremultiply(rgba: Uint8Array): Uint8Array {
  const out = Uint8Array.from(rgba);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) out[c] = Math.min(255, Math.trunc((255 * (out[c] ?? 0)) / alpha));
  }
  return out;
}
