import { ratioOf } from "../../../cli/bench/compare.js";

test("the interval is that of Student's t over the logarithms", () => {
  // Logarithms 0.1, 0.2, 0.3: mean 0.2, deviation 0.1, two degrees of freedom; 4.303 × 0.1 / √3 = 0.24843.
  const ratio = ratioOf("p50", [0.1, 0.2, 0.3].map(Math.exp));
  expect(Math.log(ratio.mean)).toBeCloseTo(0.2, 12);
  expect(Math.log(ratio.from)).toBeCloseTo(0.2 - 0.24843, 4);
  expect(Math.log(ratio.to)).toBeCloseTo(0.2 + 0.24843, 4);
  expect(ratio.isBeyondNoise).toBe(false);
});

test("what all rounds agree on is beyond the noise, in both directions", () => {
  expect(ratioOf("p50", [1.5, 1.52, 1.49, 1.51, 1.5]).isBeyondNoise).toBe(true);
  expect(ratioOf("p50", [0.7, 0.72, 0.69]).isBeyondNoise).toBe(true);
  expect(ratioOf("p50", [1, 1, 1]).isBeyondNoise).toBe(false);
});

test("a ratio and its inverse are one another's mirror", () => {
  const rounds = [1.2, 0.9, 1.3, 1.05];
  const [there, back] = [
    ratioOf("p50", rounds),
    ratioOf(
      "p50",
      rounds.map((ratio) => 1 / ratio),
    ),
  ];
  expect(there.mean * back.mean).toBeCloseTo(1, 12);
  expect(there.from * back.to).toBeCloseTo(1, 12);
});
