/** What a request says of the sequence that it belongs to. */
export interface SequenceCall {
  readonly id: string;
  /** Whose it is: callers' ids never meet. */
  readonly caller?: string;
  /** It begins with this request; what there was under its id is forgotten. */
  readonly start: boolean;
  /** It ends with this request. */
  readonly end: boolean;
}

/** By what its state is found. */
export function keyOf({ id, caller = "" }: SequenceCall): string {
  return JSON.stringify([caller, id]);
}
