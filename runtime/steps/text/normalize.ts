/** text.normalize: a text in one of Unicode's normal forms, without the differences that do not matter. */
import { stringType } from "../../types/type.js";
import { defineStep } from "../step.js";

export const normalize = defineStep({
  name: "text.normalize",
  summary: "Brings a text to a Unicode normal form, and can take away case, accents and runs of spaces.",
  equals: "Unicode's normal forms (UAX #15)",
  result: "string",
  details: `In this order: accents are taken away (the text is decomposed and its non-spacing marks are dropped), letters
become small, the text is brought to the normal form, runs of white space become one space and those at its ends go.`,
  args: {
    text: { type: "string", description: "The text." },
    form: { type: "string", enum: ["nfc", "nfd", "nfkc", "nfkd"], description: "The normal form." },
    lowercase: {
      type: "boolean",
      default: false,
      description: "Whether letters become small, by no language's own rules.",
    },
    strip_accents: { type: "boolean", default: false, description: "Whether accents are taken away: `é` becomes `e`." },
    collapse_whitespace: {
      type: "boolean",
      default: false,
      description: "Whether a run of white space becomes one space, and none is left at the ends.",
    },
  },
  examples: [
    {
      title: "For comparing names.",
      with: { text: "  Café   Élan ", form: "nfkc", lowercase: true, strip_accents: true, collapse_whitespace: true },
      result: "cafe elan",
    },
  ],
  typeRule: () => stringType,
  kernel({ text, form, lowercase, strip_accents, collapse_whitespace }) {
    const plain = strip_accents ? text.normalize("NFD").replace(/\p{Mn}/gu, "") : text;
    const formed = (lowercase ? plain.toLowerCase() : plain).normalize(form.toUpperCase());
    return collapse_whitespace ? formed.replace(/\s+/gu, " ").trim() : formed;
  },
  work: ({ text }) => text.length,
});
