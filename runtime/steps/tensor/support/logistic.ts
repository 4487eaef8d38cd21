/** The logistic function. */

/** `1 / (1 + exp(-x))`, in the form that does not overflow on either side. */
export function logistic(x: number): number {
  const power = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + power) : power / (1 + power);
}
