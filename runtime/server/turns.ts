/**
 * How many requests are begun before the event loop goes round. When thousands come at once, each would be begun before the
 * first batch is, and most be turned away because the queue is full, at the cost of an answer each: so the rest waits, batches are
 * sent off and answers written meanwhile, and as many are answered as can be.
 */

/**
 * A model of microseconds, 1,000 connections, twice the requests that it can answer: with 64 a turn as many are answered as with
 * 64 connections, with 128 half of them, without a limit a twentieth; the others were turned away.
 */
export const mostATurn = 64;

export class Turns {
  private begun = 0;
  private isCounting = false;
  private readonly waiting: (() => void)[] = [];

  /** Begins at once, or in one of the next turns; in the order of their coming. */
  begin(work: () => void): void {
    this.count();
    if (this.begun < mostATurn && this.waiting.length === 0) {
      this.begun++;
      work();
    } else this.waiting.push(work);
  }

  private count(): void {
    if (this.isCounting) return;
    this.isCounting = true;
    setImmediate(this.endTurn);
  }

  private readonly endTurn = (): void => {
    this.isCounting = false;
    const works = this.waiting.splice(0, mostATurn);
    this.begun = works.length;
    if (works.length > 0) this.count();
    for (const work of works) work();
  };
}
