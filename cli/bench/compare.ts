/**
 * Two services against each other: rounds of both in turn, so that what else the machine does meets both, and the ratio of each
 * round. Whether they differ is decided by the spread of the rounds: a 95 % interval of Student's t over the logarithms.
 */
import { measure, type Run, type RunOptions, type Target, throughputPerS } from "./measure.js";

export interface Compared {
  readonly first: readonly Run[];
  readonly second: readonly Run[];
}

/** The first service's figure to the second's. */
export interface Ratio {
  readonly of: string;
  readonly perRound: readonly number[];
  /** The geometric mean. */
  readonly mean: number;
  /** Where the ratio lies with 95 % certainty, as far as the rounds say. */
  readonly from: number;
  readonly to: number;
  /** Whether 1 lies outside of that. */
  readonly isBeyondNoise: boolean;
}

export async function compareServices(
  first: Target,
  second: Target,
  rounds: number,
  options: RunOptions,
  say: (round: number) => void,
): Promise<Compared> {
  const runs: { readonly first: Run[]; readonly second: Run[] } = { first: [], second: [] };
  for (let round = 0; round < rounds; round++) {
    say(round);
    const settings = { ...options, seed: options.seed + 2 * round };
    // Who goes first has an advantage or not; both have it as often.
    const order = round % 2 === 0 ? (["first", "second"] as const) : (["second", "first"] as const);
    for (const who of order) runs[who].push(await measure(who === "first" ? first : second, settings));
  }
  return runs;
}

export function ratiosOf({ first, second }: Compared): readonly Ratio[] {
  const of = (name: string, figure: (run: Run) => number | undefined): readonly Ratio[] => {
    const pairs = first.map((run, round): readonly [number | undefined, number | undefined] => {
      const other = second[round];
      return [figure(run), other === undefined ? undefined : figure(other)];
    });
    const ratios = pairs.map(([a, b]) => (a ?? 0) / (b ?? 0));
    return ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio)) ? [ratioOf(name, ratios)] : [];
  };
  return [
    ...of("throughput", throughputPerS),
    ...of("p50", ({ tally }) => tally.latency.percentile(50)),
    ...of("p99", ({ tally }) => tally.latency.percentile(99)),
    ...of("CPU per request", ({ cpuMsPerRequest }) => cpuMsPerRequest),
  ];
}

/** Of at least two rounds. */
export function ratioOf(of: string, perRound: readonly number[]): Ratio {
  const logs = perRound.map(Math.log);
  const count = logs.length;
  const mean = logs.reduce((sum, log) => sum + log, 0) / count;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (count - 1);
  const half = studentT(count - 1) * Math.sqrt(variance / count);
  const [from, to] = [Math.exp(mean - half), Math.exp(mean + half)];
  return { of, perRound, mean: Math.exp(mean), from, to, isBeyondNoise: from > 1 || to < 1 };
}

/** Quantiles at 0.975 for 1, 2, 3 … degrees of freedom. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086,
];

function studentT(degrees: number): number {
  return quantiles[degrees - 1] ?? 2.086;
}
