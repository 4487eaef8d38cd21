/** Regular expressions in RE2's syntax, matched in linear time whatever the input. The one file that imports re2js. */
import { RE2JS } from "re2js";

export interface Pattern {
  /** Whether the pattern matches somewhere in the text. */
  test(text: string): boolean;
  /** The text with the first match or all matches replaced; `$1` and `${name}` stand for groups, `$$` for a dollar sign. */
  replace(text: string, replacement: string, all: boolean): string;
}

/** Compiles a pattern; throws an Error whose message says what is wrong with it. */
export function compilePattern(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  return {
    test: (text) => compiled.matcher(text).find(),
    replace: (text, replacement, all) => {
      const matcher = compiled.matcher(text);
      return all ? matcher.replaceAll(replacement) : matcher.replaceFirst(replacement);
    },
  };
}
