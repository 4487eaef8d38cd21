/** text.sentences: a text in sentences, by Unicode's rules. */
import { invalidInput } from "../../errors.js";
import { listOf, stringType } from "../../types/type.js";
import { defineStep } from "../step.js";

export const sentences = defineStep({
  name: "text.sentences",
  summary: "Splits a text into sentences.",
  equals: "UAX #29, as ICU has it",
  result: "list<string>",
  details: `Sentences end where [UAX #29](https://unicode.org/reports/tr29/) says, with the rules of \`language\`. Each is
trimmed, and empty ones are dropped; everything else of the text is there, in its order. Abbreviations such as "Dr." end a
sentence when a capital letter follows. The Unicode version is the one of Node.js.`,
  args: {
    text: { type: "string", description: "The text." },
    language: {
      type: "string",
      default: "und",
      description:
        "A BCP 47 language tag, such as `el`, whose question mark is `;`. `und` has no language's own rules.",
    },
  },
  examples: [
    {
      title: "Two sentences.",
      with: { text: "It rains. Does it? " },
      result: ["It rains.", "Does it?"],
    },
  ],
  typeRule: () => listOf(stringType),
  kernel({ text, language }) {
    const segments = segmenterFor(language).segment(text);
    return Array.from(segments, ({ segment }) => segment.trim()).filter((sentence) => sentence !== "");
  },
  work: ({ text }) => text.length,
});

function segmenterFor(language: string): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: "sentence" });
  } catch {
    throw invalidInput(`"language" is ${JSON.stringify(language)}, which is no language tag. Give one such as "en".`);
  }
}
