/** A binary heap whose entries may go away while they wait in it: those are dropped when they are met, or when they are many. */
export class Heap<T> {
  private items: T[] = [];
  private sweepAt = 64;

  /** `before`: which of two comes first. `isGone`: for good. */
  constructor(
    private readonly before: (a: T, b: T) => boolean,
    private readonly isGone: (item: T) => boolean,
  ) {}

  push(item: T): void {
    if (this.items.length >= this.sweepAt) this.sweep();
    this.items.push(item);
    this.rise(this.items.length - 1);
  }

  /** The first that is still there. */
  peek(): T | undefined {
    let first = this.items[0];
    while (first !== undefined && this.isGone(first)) {
      this.removeFirst();
      first = this.items[0];
    }
    return first;
  }

  /** Takes the first away. */
  shift(): T | undefined {
    const first = this.peek();
    if (first !== undefined) this.removeFirst();
    return first;
  }

  /** Those that are still there, in no order. */
  all(): T[] {
    return this.items.filter((item) => !this.isGone(item));
  }

  private removeFirst(): void {
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return;
    this.items[0] = last;
    this.sink(0);
  }

  private sweep(): void {
    this.items = this.all();
    for (let index = (this.items.length >> 1) - 1; index >= 0; index--) this.sink(index);
    this.sweepAt = Math.max(64, 2 * this.items.length);
  }

  private rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      let first = index;
      if (left < this.items.length && this.isBefore(left, first)) first = left;
      if (left + 1 < this.items.length && this.isBefore(left + 1, first)) first = left + 1;
      if (first === index) return;
      this.swap(index, first);
      index = first;
    }
  }

  private isBefore(a: number, b: number): boolean {
    return this.before(this.items[a] as T, this.items[b] as T);
  }

  private swap(a: number, b: number): void {
    const item = this.items[a] as T;
    this.items[a] = this.items[b] as T;
    this.items[b] = item;
  }
}
