/** Specs made wrong as people, editors and fuzzers make them: characters, lines, words, indentation and whole values. */
import type { Document } from "yaml";
import { isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Random } from "./random.js";

/** One to four changes to a text; `seeds` lend lines and words. */
export function mutate(text: string, seeds: readonly string[], random: Random): string {
  let mutated = text;
  for (let count = 1 + random.integer(4); count > 0; count--) mutated = random.pick(mutations)(mutated, seeds, random);
  return mutated;
}

type Mutation = (text: string, seeds: readonly string[], random: Random) => string;

const odd = [
  ..."{}[]:,-?&*!|>'\"%@`#$\t\\\0 \n\r",
  "\ufeff",
  "\ud800",
  "é",
  "中",
  "😀",
  "---\n",
  "${",
  "$",
  "<<: ",
  "*a",
  "&a ",
  "!!str ",
  "%hole%",
];
const oddValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, "", " ", "$", "$$", "${}", "$x", "$item", "${ 1 + }", "__proto__"],
  ...["constructor", "${env:A}", "${env:", "x".repeat(300), "float32[4]", "list<", "../models/scorer.onnx", [], {}],
  ...[[[]], [1, "a"], { a: { b: { c: 1 } } }, { source: 3 }, Number.NaN, "2024-01-01", "0x1F"],
];

const mutations: readonly Mutation[] = [
  (text, _, random) => splice(text, random, 0, random.pick(odd)),
  (text, _, random) => splice(text, random, 1 + random.integer(3), ""),
  (text, _, random) => splice(text, random, 1, random.pick(odd)),
  (text, _, random) => onLines(text, (lines) => lines.splice(random.integer(lines.length), 1)),
  (text, _, random) => onLines(text, (lines) => lines.splice(random.integer(lines.length), 0, random.pick(lines))),
  (text, seeds, random) =>
    onLines(text, (lines) =>
      lines.splice(random.integer(lines.length), 0, random.pick(random.pick(seeds).split("\n"))),
    ),
  (text, _, random) =>
    onLines(text, (lines) => {
      const at = random.integer(lines.length);
      lines[at] = " ".repeat(random.integer(6)) + (lines[at] ?? "").slice(random.integer(3));
    }),
  (text, seeds, random) => onWords(text, random, () => random.pick(wordsOf(random.pick(seeds)))),
  (text, _, random) => onWords(text, random, (word) => misspell(word, random)),
  (text, _, random) => text.slice(0, random.integer(text.length + 1)),
  (text, seeds, random) => text + random.pick(seeds),
  ...Array.from({ length: 8 }, (): Mutation => (text, _, random) => onDocument(text, random)),
];

function splice(text: string, random: Random, length: number, inserted: string): string {
  const at = random.integer(text.length + 1);
  return text.slice(0, at) + inserted + text.slice(at + length);
}

function onLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split("\n");
  change(lines);
  return lines.join("\n");
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[$\w.]+/g) ?? ["x"];
}

function onWords(text: string, random: Random, change: (word: string) => string): string {
  const words = [...text.matchAll(/[$\w.]+/g)];
  if (words.length === 0) return text;
  const { 0: word, index } = random.pick(words);
  return text.slice(0, index) + change(word) + text.slice(index + word.length);
}

function misspell(word: string, random: Random): string {
  const at = random.integer(word.length);
  return word.slice(0, at) + random.pick([..."abcdefghijklmnopqrstuvwxyz_.0", ""]) + word.slice(at + random.integer(2));
}

/** A change that keeps the text YAML: a value replaced, an entry left out or renamed, two entries swapped. */
function onDocument(text: string, random: Random): string {
  const document = parse(text);
  if (document === undefined) return text;
  const holders: { items: unknown[] }[] = [];
  visit(document, (_, node) => {
    if ((isMap(node) || isSeq(node)) && node.items.length > 0) holders.push(node as { items: unknown[] });
  });
  if (holders.length === 0) return text;
  const { items } = random.pick(holders);
  const at = random.integer(items.length);
  const item = items[at];
  switch (random.integer(4)) {
    case 0:
      items.splice(at, 1);
      break;
    case 1:
      items.push(random.pick(items));
      break;
    case 2:
      if (isPair(item) && isScalar(item.key)) item.key.value = misspell(String(item.key.value), random) || "x";
      break;
    default:
      if (isPair(item)) item.value = document.createNode(random.pick(oddValues));
      else items[at] = document.createNode(random.pick(oddValues));
  }
  return print(document) ?? text;
}

function parse(text: string): Document | undefined {
  const document = parseDocument(text, { logLevel: "silent" });
  return document.errors.length > 0 ? undefined : document;
}

function print(document: Document): string | undefined {
  try {
    return document.toString();
  } catch {
    return undefined;
  }
}
