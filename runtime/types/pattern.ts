/**
 * Regular expressions in RE2's syntax, matched in time linear in the text, so that no text of a caller can hold a
 * service up. The one file that imports the engine.
 */
import type { RE2JS } from "re2js";
import { invalidInput } from "../errors.js";

export interface Pattern {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The text with the matches replaced; `$1`, `$<name>` and `$&` in `replacement` stand for groups, `$$` for a dollar. */
  replace(text: string, replacement: string, all: boolean): string;
}

const maxPatternLength = 10_000;

/** Compiles a pattern in RE2's syntax, https://github.com/google/re2/wiki/Syntax; a wrong one is an invalid input. */
export function compilePattern(source: string): Pattern {
  const compiled = compile(source);
  return {
    test: (text) => compiled.matcher(text).find(),
    replace(text, replacement, all) {
      const matcher = compiled.matcher(text);
      return all ? matcher.replaceAll(replacement) : matcher.replaceFirst(replacement);
    },
  };
}

function compile(source: string): RE2JS {
  if (source.length > maxPatternLength) {
    throw invalidInput(
      `The pattern has ${source.length} characters, more than ${maxPatternLength}. Use a shorter one.`,
    );
  }
  // Loaded when the first pattern is met: most services have none.
  const library: typeof import("re2js") = require("re2js");
  try {
    return library.RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidInput(
      `The pattern ${JSON.stringify(source)} cannot be used: ${reason}. Patterns follow RE2's syntax, which has no look-around and no back-references.`,
    );
  }
}
