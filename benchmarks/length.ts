/** How long measures take: `--short` only shows that each runs and prints, its figures mean nothing. */
export const isShort = process.argv.includes("--short");

/** Rounds that count. */
export function rounds(count: number): number {
  return isShort ? 2 : count;
}

export function seconds(count: number): number {
  return isShort ? Math.min(count, 1) : count;
}

/** The longest that a server's chores are waited for. */
export const choresS = isShort ? 2 : 60;
