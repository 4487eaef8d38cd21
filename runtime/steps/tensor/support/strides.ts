/** How far apart neighbours along each axis lie, and the walk over several arrays at once, row by row. */

/** The distance in elements between neighbours along each axis of a dense row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/**
 * Walks a shape in row-major order, all axes but the last; `visit` gets the row's number and where the row begins in each
 * array, by the arrays' own strides. `starts` is reused from row to row.
 */
export function forEachRow(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (row: number, starts: readonly number[]) => void,
): void {
  if (shape.includes(0)) return;
  const last = shape.length - 1;
  const position = new Array<number>(Math.max(last, 0)).fill(0);
  const starts = strides.map(() => 0);
  for (let row = 0; ; row++) {
    visit(row, starts);
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      const wraps = next === shape[axis];
      position[axis] = wraps ? 0 : next;
      for (let a = 0; a < starts.length; a++)
        starts[a] = (starts[a] ?? 0) + (strides[a]?.[axis] ?? 0) * (wraps ? 1 - next : 1);
      if (!wraps) break;
    }
    if (axis < 0) return;
  }
}
