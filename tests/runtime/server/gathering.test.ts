import { Gathering } from "../../../runtime/server/gathering.js";

const bytes = (length: number, from = 0): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (from + index) % 251));

const anything = (): void => {};

/** Cut into pieces of a size. */
function gathered(body: Buffer, pieceSize: number, announced?: number): Buffer {
  const gathering = new Gathering(announced, anything);
  for (let at = 0; at < body.length; at += pieceSize) gathering.add(body.subarray(at, at + pieceSize));
  return gathering.whole();
}

describe("gathering", () => {
  test("gives the bytes in the order in which they came", () => {
    const body = bytes(10_007);
    for (const pieceSize of [1, 16, 1000, 10_006, 10_007]) {
      expect(gathered(body, pieceSize, body.length).equals(body)).toBe(true);
      expect(gathered(body, pieceSize).equals(body)).toBe(true);
    }
  });

  test("is whole when as much has come as was announced, and never when nothing was", () => {
    const announced = new Gathering(3, anything);
    const unknown = new Gathering(undefined, anything);
    for (const gathering of [announced, unknown]) gathering.add(bytes(2));
    expect([announced.isWhole, unknown.isWhole]).toEqual([false, false]);
    for (const gathering of [announced, unknown]) gathering.add(bytes(1));
    expect([announced.isWhole, unknown.isWhole]).toEqual([true, false]);
    expect(announced.length).toBe(3);
  });

  test("takes a piece that is the whole as it is, without a copy", () => {
    const piece = bytes(100);
    const gathering = new Gathering(100, anything);
    gathering.add(piece);
    expect(gathering.whole()).toBe(piece);
  });

  test("copies the pieces of a longer body, so that theirs need not be kept", () => {
    const piece = bytes(50);
    const gathering = new Gathering(100, anything);
    gathering.add(piece);
    piece.fill(0);
    gathering.add(bytes(50, 50));
    expect(gathering.whole().equals(bytes(100))).toBe(true);
  });

  test("takes no more room than was announced", () => {
    expect(gathered(bytes(100_000), 1000, 100_000).buffer.byteLength).toBe(100_000);
  });

  test("takes little room for a caller who announces much and sends little", () => {
    const gathering = new Gathering(20_000_000, anything);
    gathering.add(bytes(1000));
    expect(gathering.whole().buffer.byteLength).toBeLessThanOrEqual(4_000);
  });

  test("is empty when nothing has come", () => {
    expect(new Gathering(undefined, anything).whole()).toHaveLength(0);
  });

  test("tells of all the memory that it takes, before it does", () => {
    let taken = 0;
    const gathering = new Gathering(10_000, (more) => {
      taken += more;
    });
    for (let at = 0; at < 10; at++) {
      gathering.add(bytes(1000));
      expect(taken).toBe(gathering.whole().buffer.byteLength);
    }
    expect(taken).toBe(10_000);
  });

  test("takes none for a body of one piece", () => {
    const refused = (): void => {
      throw new Error("there is none");
    };
    const gathering = new Gathering(100, refused);
    gathering.add(bytes(100));
    expect(gathering.whole()).toHaveLength(100);
    expect(() => new Gathering(101, refused).add(bytes(100))).toThrow("there is none");
  });
});
