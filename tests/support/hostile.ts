/** Strings that try to leave the place they are written to. */
import type { Random } from "./random.js";

const fragments = [
  "*/",
  "/*",
  "//",
  "`",
  "${process.exit(9)}",
  '"',
  "'",
  "\\",
  "\n",
  "\r\n",
  "\t",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u0000",
  "\u0085",
  "\ufeff",
  "<!--",
  "-->",
  "</script>",
  "@ts-expect-error",
  "@ts-nocheck",
  "#",
  "RUN false",
  "; throw 1;",
  'require("fs")',
  "import(1)",
  "😀",
  "é",
  " ",
  "a",
  "{{",
  "}}",
  "__proto__",
];

export function hostileString(random: Random): string {
  return Array.from({ length: 1 + random.integer(6) }, () => random.pick(fragments)).join("");
}
