/** Places in a text. */

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets into the text, the end exclusive. */
export type Range = readonly [start: number, end: number];
