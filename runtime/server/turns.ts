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
  private next = 0;

  /** Begins at once, or in one of the next turns; in the order of their coming. */
  begin(work: () => void): void {
    if (!this.isCounting) {
      this.isCounting = true;
      setImmediate(this.endTurn);
    }
    if (this.begun < mostATurn && this.next === this.waiting.length) {
      this.begun++;
      work();
    } else this.waiting.push(work);
  }

  private readonly endTurn = (): void => {
    this.begun = 0;
    this.isCounting = false;
    const last = Math.min(this.waiting.length, this.next + mostATurn);
    const works = this.waiting.slice(this.next, last);
    this.next = last;
    if (this.next === this.waiting.length) {
      this.waiting.length = 0;
      this.next = 0;
    } else {
      this.isCounting = true;
      setImmediate(this.endTurn);
    }
    this.begun = works.length;
    for (const work of works) work();
  };
}
