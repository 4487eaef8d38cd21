import { docComment, lineComment, quote, ts } from "../../../compiler/emit/typescript.js";
import { hostileString } from "../../support/hostile.js";
import { seeded } from "../../support/random.js";

describe("a user's string in TypeScript", () => {
  const random = seeded(7);
  const strings = Array.from({ length: 2000 }, () => hostileString(random));

  test("comes back by evaluation, whatever it holds", () => {
    for (const text of [...strings, "\ud800", "a\udc00b"]) {
      expect(new Function(`return ${ts`${text}`.text};`)()).toBe(text);
    }
  });

  test("shows no character that a reader cannot see", () => {
    for (const text of strings) expect(quote(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test("cannot leave a comment", () => {
    for (const text of strings) {
      const run = new Function(
        `let reached = 0;\n${docComment(text).text}reached++;\n${lineComment(text).text}\nreturn reached + 1;`,
      );
      expect(run()).toBe(2);
    }
  });

  test("is no directive in a comment", () => {
    expect(docComment("@ts-expect-error").text).toBe("/** \\@ts-expect-error */\n");
    expect(lineComment("one\n  @ts-ignore\nbiome-ignore lint: x").text).toBe(
      "// one\n//   \\@ts-ignore\n// \\biome-ignore lint: x",
    );
  });

  test("is written in the quotes that need fewer escapes", () => {
    expect([quote("plain"), quote('say "hi"'), quote("it's"), quote(`"'`)]).toEqual([
      '"plain"',
      `'say "hi"'`,
      `"it's"`,
      `"\\"'"`,
    ]);
  });
});
