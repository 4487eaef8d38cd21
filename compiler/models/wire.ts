/**
 * Protobuf's wire format, read in place: fields are visited by their position in the file, so that weights are stepped
 * over and never read. Whatever the bytes are, reading ends in time proportional to the fields and throws nothing but
 * `WireFailure`. https://protobuf.dev/programming-guides/encoding/
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes `start` to `end` (exclusive) of the file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One field of a message. A field whose wire type is not the one expected counts as unknown, as protobuf has it. */
export type Field =
  | { readonly number: number; readonly wire: "varint"; readonly value: number }
  | { readonly number: number; readonly wire: "bytes"; readonly span: Span }
  | { readonly number: number; readonly wire: "fixed" };

/** `cut-short`: a field goes on behind the end of the file. `malformed`: the bytes are no protobuf. `too-much`: beyond a limit. */
export type WireReason = "cut-short" | "malformed" | "too-much";

export class WireFailure extends Error {
  override readonly name = "WireFailure";
  constructor(readonly reason: WireReason) {
    super(reason);
  }
}

/** Real models nest 3 levels for each `If` or `Loop` inside another; protobuf itself gives up at 100. */
const maxDepth = 64;
const maxFields = 10_000_000;
const maxTextBytes = 1 << 20;
const windowBytes = 16_384;

/** A file of protobuf messages, open for reading. */
export class WireFile {
  private readonly window = Buffer.alloc(windowBytes);
  private windowStart = 0;
  private windowEnd = 0;
  private depth = 0;
  private fields = 0;

  private constructor(
    private readonly descriptor: number,
    /** The file as one message. */
    readonly whole: Span,
  ) {}

  /** Opens a regular file; throws what the file system throws. */
  static open(path: string): WireFile {
    const descriptor = openSync(path, "r");
    return new WireFile(descriptor, { start: 0, end: fstatSync(descriptor).size });
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** Calls `visit` with each field of a message, in the file's order. */
  eachField(message: Span, visit: (field: Field) => void): void {
    if (++this.depth > maxDepth) throw new WireFailure("too-much");
    let position = message.start;
    while (position < message.end) {
      if (++this.fields > maxFields) throw new WireFailure("too-much");
      position = this.visitField(position, message.end, visit);
    }
    this.depth--;
  }

  /** The text of a `string` field. */
  text(span: Span): string {
    const length = span.end - span.start;
    if (length > maxTextBytes) throw new WireFailure("too-much");
    if (span.start >= this.windowStart && span.end <= this.windowEnd)
      return this.window.toString("utf8", span.start - this.windowStart, span.end - this.windowStart);
    const bytes = Buffer.alloc(length);
    if (readSync(this.descriptor, bytes, 0, length, span.start) < length) throw new WireFailure("cut-short");
    return bytes.toString("utf8");
  }

  /** Calls `visit` with each number of a packed `repeated int64`. */
  eachPacked(span: Span, visit: (value: number) => void): void {
    let position = span.start;
    while (position < span.end) {
      const { value, next } = this.varint(position, span.end);
      visit(value);
      position = next;
    }
  }

  private visitField(position: number, end: number, visit: (field: Field) => void): number {
    const tag = this.varint(position, end);
    const number = Math.floor(tag.value / 8);
    if (number < 1 || number > 0x1fffffff) throw new WireFailure("malformed");
    switch (tag.value % 8) {
      case 0: {
        const { value, next } = this.varint(tag.next, end);
        visit({ number, wire: "varint", value });
        return next;
      }
      case 2: {
        const length = this.varint(tag.next, end);
        const span = { start: length.next, end: this.within(length.next, length.value, end) };
        visit({ number, wire: "bytes", span });
        return span.end;
      }
      case 1:
      case 5: {
        const next = this.within(tag.next, tag.value % 8 === 1 ? 8 : 4, end);
        visit({ number, wire: "fixed" });
        return next;
      }
      default:
        throw new WireFailure("malformed");
    }
  }

  private within(position: number, length: number, end: number): number {
    if (length < 0) throw new WireFailure("malformed");
    if (position + length > this.whole.end) throw new WireFailure("cut-short");
    if (position + length > end) throw new WireFailure("malformed");
    return position + length;
  }

  /** A signed 64-bit number, exact up to 2^53. */
  private varint(position: number, end: number): { readonly value: number; readonly next: number } {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.byte(position + index, end);
      if (index === 7) return this.longVarint(position, end);
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return { value, next: position + index + 1 };
    }
    throw new WireFailure("malformed");
  }

  private longVarint(position: number, end: number): { readonly value: number; readonly next: number } {
    let value = 0n;
    for (let index = 0; index < 10; index++) {
      const byte = this.byte(position + index, end);
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return { value: Number(BigInt.asIntN(64, value)), next: position + index + 1 };
    }
    throw new WireFailure("malformed");
  }

  private byte(position: number, end: number): number {
    if (position >= end) throw new WireFailure(end === this.whole.end ? "cut-short" : "malformed");
    if (position < this.windowStart || position >= this.windowEnd) this.fill(position);
    return this.window[position - this.windowStart] ?? 0;
  }

  private fill(position: number): void {
    const length = readSync(this.descriptor, this.window, 0, windowBytes, position);
    if (length === 0) throw new WireFailure("cut-short");
    this.windowStart = position;
    this.windowEnd = position + length;
  }
}
