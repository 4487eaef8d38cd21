/** Softmax over one row of numbers, in place. */

/** Replaces `length` scores, `stride` apart from `start` on, by shares that sum to 1. */
export function softmaxInPlace(scores: Float64Array, start: number, length: number, stride: number): void {
  const end = start + length * stride;
  let greatest = -Infinity;
  for (let i = start; i < end; i += stride) greatest = Math.max(greatest, scores[i] ?? 0);
  let sum = 0;
  for (let i = start; i < end; i += stride) {
    const share = Math.exp((scores[i] ?? 0) - greatest);
    scores[i] = share;
    sum += share;
  }
  for (let i = start; i < end; i += stride) scores[i] = (scores[i] ?? 0) / sum;
}
