/**
 * Turns between callers: start-time fair queueing, by rows. Each caller's items are spaced by their rows on a virtual clock
 * that stands at the item served last, so that nobody gets more than a fair share while others wait.
 * P. Goyal, H. Vin, H. Cheng: Start-time Fair Queuing (SIGCOMM 1996).
 */
const sweepFrom = 1024;

export class Turns {
  private virtual = 0;
  private readonly finish = new Map<string, number>();

  /** The place in the order of an item that arrives now; smaller is earlier. */
  place(caller: string, rows: number): number {
    const start = Math.max(this.virtual, this.finish.get(caller) ?? 0);
    if (this.finish.size >= sweepFrom && !this.finish.has(caller)) this.sweep();
    this.finish.set(caller, start + rows);
    return start;
  }

  /** The item of that place is served. */
  serve(place: number): void {
    this.virtual = Math.max(this.virtual, place);
  }

  /** Callers whose turn has long been are as good as new. */
  private sweep(): void {
    for (const [caller, finish] of this.finish) if (finish <= this.virtual) this.finish.delete(caller);
  }
}
