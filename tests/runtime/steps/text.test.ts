/** The steps of text that need no tokenizer, against Unicode's implementations, and the examples of all of them. */
import { textSteps } from "../../../runtime/steps/text/index.js";
import { jsonType, numberType, recordOf, stringType, type Type } from "../../../runtime/types/type.js";
import { Image, tensor, type ValueRecord } from "../../../runtime/values/value.js";
import { referenceCases } from "../../support/reference.js";
import { refusal } from "../../support/refusal.js";
import { runStep, stepNamed } from "../../support/run-step.js";
import { runExample } from "../../support/step-examples.js";
import { tokenizers } from "../../support/tokenizers.js";
import { ruleOf, typeOf } from "../../support/typing.js";

describe("every example of the reference pages gives the result that it states", () => {
  const load = tokenizers();
  const examples = textSteps.flatMap((step) => step.examples.map((each) => [step.name, each.title, each] as const));

  test("every step has one", () => {
    expect(textSteps.filter((step) => step.examples.length === 0)).toEqual([]);
  });

  test.each(examples)("%s: %s", async (name, _title, example) => {
    expect(await runExample(stepNamed(name), example, load)).toEqual(example.result);
  });
});

describe("text.sentences", () => {
  // ICU 72 has Unicode 15.0. Node.js 20 and 22 have newer tables, whose sentences are the same for all these texts.
  test.each(referenceCases("sentences").map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    const segments = each.expected["segments"] as readonly string[];
    const expected = segments.map((segment) => segment.trim()).filter((segment) => segment !== "");
    expect(await runStep("text.sentences", { ...each.arguments, ...each.inputs })).toEqual(expected);
  });

  test("a language tag that is none is refused", async () => {
    expect(await refusal(runStep("text.sentences", { text: "a", language: "not a tag" }))).toBe(
      '"language" is "not a tag", which is no language tag. Give one such as "en".',
    );
  });
});

describe("text.normalize", () => {
  test.each(referenceCases("normalize").map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    const form = String(each.arguments["form"]).toLowerCase();
    expect(await runStep("text.normalize", { form, ...each.inputs })).toBe(each.expected["text"]);
  });

  test("takes away what is asked for, and no more", async () => {
    const text = " Ça  va,\u00a0ÉLODIE? ";
    const normalize = (args: ValueRecord) => runStep("text.normalize", { text, form: "nfc", ...args });
    expect(await normalize({})).toBe(text);
    expect(await normalize({ lowercase: true })).toBe(" ça  va,\u00a0élodie? ");
    expect(await normalize({ strip_accents: true })).toBe(" Ca  va,\u00a0ELODIE? ");
    expect(await normalize({ collapse_whitespace: true })).toBe("Ça va, ÉLODIE?");
    expect(await runStep("text.normalize", { text: "é한", form: "nfc", strip_accents: true })).toBe("e한");
  });
});

describe("text.replace", () => {
  const replace = (args: ValueRecord) => runStep("text.replace", { text: "aaa-bbb", with: "x", ...args });

  test.each<[string, ValueRecord, string]>([
    ["every match", { pattern: "a" }, "xxx-bbb"],
    ["the first match", { pattern: "a", all: false }, "xaa-bbb"],
    ["groups", { pattern: "(a+)-(?P<last>b+)", with: "$2-$1 $<last> $$ $&" }, "bbb-aaa bbb $ aaa-bbb"],
    ["an empty match", { pattern: "^", with: ">" }, ">aaa-bbb"],
    ["flags in the pattern", { pattern: "(?i)A+" }, "x-bbb"],
    ["no match", { pattern: "c" }, "aaa-bbb"],
    ["code points", { text: "😀a", pattern: ".", with: "x" }, "xx"],
  ])("%s", async (_name, args, expected) => {
    expect(await replace(args)).toBe(expected);
  });

  test("takes time linear in the text", async () => {
    const text = `${"a".repeat(20_000)}!`;
    expect(await replace({ text, pattern: "(a+)+$" })).toBe(text);
  });

  test("a pattern outside of RE2's syntax is refused, at the spec where it is written there", async () => {
    expect(await refusal(replace({ pattern: "(?=a)" }))).toContain("Patterns follow RE2's syntax");
    expect(typeOf("text.replace", { pattern: { literal: "(a" } })).toMatch(/^bad-argument at "pattern": The pattern/);
    expect(typeOf("text.replace", { pattern: stringType })).toBe("string");
  });
});

describe("text.template", () => {
  const fill = (template: string, values: ValueRecord = {}, as = "none") =>
    runStep("text.template", { template, values, as });

  test.each<[string, ValueRecord, string]>([
    ["no holes, { one brace }", {}, "no holes, { one brace }"],
    ["{{ a }}{{b}}", { a: 1, b: "é" }, "1é"],
    ["{{ size(items) > 1 ? 'many' : 'one' }}", { items: [1, 2] }, "many"],
    ["{{ {'a': {'b': 1}} }}", {}, '{"a":{"b":1}}'],
    ["{{ '}}' }} {{ \"{{\" }}", {}, "}} {{"],
    ["{{ x }}", { x: null }, "null"],
    ["{{ x }}", { x: tensor("float32", [2], new Float32Array([0.5, 1])) }, "[0.5,1]"],
    ["{{ x }}", { x: tensor("float32", [], new Float32Array([0.5])) }, "0.5"],
    ["{{ x }}", { x: Number.NaN }, '"NaN"'],
  ])("%s", async (template, values, expected) => {
    expect(await fill(template, values)).toBe(expected);
  });

  test("escapes every value", async () => {
    const values = { text: `<b>"it's" & more</b>`, items: ["<"] };
    expect(await fill("{{ text }}", values, "html")).toBe("&lt;b&gt;&quot;it&#39;s&quot; &amp; more&lt;/b&gt;");
    expect(await fill("<i>{{ items }}</i>", values, "html")).toBe("<i>[&quot;&lt;&quot;]</i>");
    expect(await fill('{"t": {{ text }}}', values, "json")).toBe(`{"t": "<b>\\"it's\\" & more</b>"}`);
    expect(await fill("{{ text }}", values)).toBe(values.text);
  });

  test("a value is never read as a template", async () => {
    expect(await fill("{{ a }}", { a: "{{ b }}", b: "secret" })).toBe("{{ b }}");
  });

  test("what cannot be filled is refused", async () => {
    expect(await refusal(fill("{{ missing }}"))).toBe(
      'The expression "missing" cannot be evaluated: Unknown variable: missing.',
    );
    expect(await refusal(fill("a {{ b"))).toBe(
      'The hole at character 3 of the template is not closed. End it with "}}".',
    );
    expect(await refusal(fill("a {{ }}"))).toBe(
      "The hole at character 3 of the template is empty. Name a value in it.",
    );
    expect(await refusal(fill("{{ r }}", { r: { photo: new Image(1, 1, 1, new Uint8Array(1)) } }))).toContain(
      "cannot write",
    );
  });

  test("its holes are checked against the values' types", () => {
    const values = recordOf({ guess: recordOf({ label: stringType, score: numberType }) });
    const typeFor = (template: string, given: Type = values) =>
      typeOf("text.template", { template: { literal: template }, values: given });
    expect(typeFor("{{ guess.label }}")).toBe("string");
    expect(typeFor("It is {{ guess.labl }}")).toBe(
      'bad-argument at "template": the template\'s hole "guess.labl" is wrong at character 16: there is no field "labl"',
    );
    const scaled = ruleOf("text.template", { template: { literal: "{{ guess.score * 100 }}" }, values });
    expect(scaled.failures[0]?.help).toBe("write 100.0");
    expect(typeFor("{{ anything }}", jsonType)).toBe("string");
    expect(typeFor("{{ open")).toContain("is not closed");
  });
});
