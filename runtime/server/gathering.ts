/** Bytes that come in pieces, each copied as it comes: pieces that wait for the last one would be many long-lived buffers. */
const empty = Buffer.alloc(0);

/** How many times what has come there is room for: a caller who announces much and sends little gets little. */
const roomAhead = { announced: 4, unknown: 2 } as const;

export class Gathering {
  private bytes: Buffer = empty;
  private size = 0;

  /**
   * With how many bytes there will be, where that is known. `take` is told of memory before it is taken, and may refuse by
   * throwing; a body of one piece takes none.
   */
  constructor(
    private readonly announced: number | undefined,
    private readonly take: (bytes: number) => void,
  ) {}

  get length(): number {
    return this.size;
  }

  /** Whether its end is known by its length. */
  get isAnnounced(): boolean {
    return this.announced !== undefined;
  }

  get isWhole(): boolean {
    return this.size === this.announced;
  }

  /** The piece is not copied where it is all that was announced. Throws what `take` throws. */
  add(piece: Buffer): void {
    const needed = this.size + piece.length;
    if (this.size === 0 && needed === this.announced) this.bytes = piece;
    else {
      if (needed > this.bytes.length) this.grow(needed);
      piece.copy(this.bytes, this.size);
    }
    this.size = needed;
  }

  /** What has come. */
  whole(): Buffer {
    return this.size === this.bytes.length ? this.bytes : this.bytes.subarray(0, this.size);
  }

  private grow(needed: number): void {
    const { announced } = this;
    const room =
      announced === undefined ? needed * roomAhead.unknown : Math.min(announced, needed * roomAhead.announced);
    this.take(room - this.bytes.length);
    const grown = Buffer.allocUnsafeSlow(room);
    this.bytes.copy(grown, 0, 0, this.size);
    this.bytes = grown;
  }
}
