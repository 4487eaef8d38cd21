/** NumPy's broadcasting: shapes are aligned at their ends, and an axis of length 1 is repeated. */
import { rowMajorStrides } from "./strides.js";

/** The common shape, or undefined where the shapes have none. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const common = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, dim] of shape.entries()) {
      const axis = rank - shape.length + i;
      const other = common[axis] ?? 1;
      if (dim !== other && dim !== 1 && other !== 1) return undefined;
      if (other === 1) common[axis] = dim;
    }
  }
  return common;
}

/** A tensor's strides as it is read at the common shape: 0 along axes that are repeated. */
export function broadcastStrides(shape: readonly number[], common: readonly number[]): number[] {
  const strides = rowMajorStrides(shape);
  return common.map((_, axis) => {
    const own = axis - (common.length - shape.length);
    return own < 0 || shape[own] === 1 ? 0 : (strides[own] ?? 0);
  });
}
