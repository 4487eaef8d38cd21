/** Vectors brought to length 1, as the rows of a matrix. */

/** Shorter vectors than this count as zero: they are divided by it rather than by their length. */
const shortest = 1e-12;

/** Divides each row of `width` numbers by its Euclidean length, in place; a zero vector stays. */
export function normalizeRows(rows: Float64Array, width: number): void {
  for (let start = 0; width > 0 && start < rows.length; start += width) {
    let square = 0;
    for (let i = start; i < start + width; i++) square += (rows[i] ?? 0) ** 2;
    const length = Math.max(Math.sqrt(square), shortest);
    for (let i = start; i < start + width; i++) rows[i] = (rows[i] ?? 0) / length;
  }
}
