import { LabelsError, parseLabels } from "../../../../runtime/steps/resources/labels.js";

test.each([
  ["one a line", "labels.txt", "cat\ndog\n"],
  ["lines of Windows, with a byte order mark", "labels.txt", "\uFEFFcat\r\ndog\r\n\r\n"],
  ["a JSON list", "labels.json", '["cat", "dog"]'],
  ["a JSON list under another name", "labels", '["cat", "dog"]'],
  ["an object of index to name, in any order", "labels.json", '{ "1": "dog", "0": "cat" }'],
  ["a Hugging Face config.json", "config.json", '{ "model_type": "vit", "id2label": { "0": "cat", "1": "dog" } }'],
])("labels are read from %s", (_, fileName, text) => {
  expect(parseLabels(text, fileName)).toEqual(["cat", "dog"]);
});

test("a line that only looks like JSON is a label", () => {
  expect(parseLabels("[PAD]\n[UNK]\n", "vocabulary.txt")).toEqual(["[PAD]", "[UNK]"]);
});

test.each([
  ["an empty file", "a.txt", "\n", '"a.txt" holds no labels; write one a line'],
  [
    "an empty line between others",
    "a.txt",
    "cat\n\ndog",
    'line 2 of "a.txt" is empty, but each line is the label of an index; give it a name',
  ],
  [
    "a gap",
    "a.json",
    '{ "0": "cat", "2": "dog" }',
    'index 1 is missing in "a.json", which has 2 labels; indices begin at 0 and leave no gap',
  ],
  [
    "an index that stands twice",
    "a.json",
    '{ "0": "cat", "00": "dog" }',
    'index 0 stands twice in "a.json"; keep one of them',
  ],
  [
    "a key that is no index",
    "a.json",
    '{ "cat": 0 }',
    '"cat" in "a.json" is no index; an object of index to name, or a config.json with "id2label", is expected',
  ],
  ["a label that is no text", "a.json", '["cat", 1]', 'the label of index 1 in "a.json" is 1, but a text is expected'],
  [
    "a config.json whose id2label is no object",
    "config.json",
    '{ "id2label": [] }',
    '"id2label" in "config.json" must be an object of index to name',
  ],
  [
    "JSON of another kind",
    "a.json",
    "3",
    '"a.json" holds no labels; a list of names or an object of index to name is expected',
  ],
])("%s is refused", (_, fileName, text, message) => {
  expect(() => parseLabels(text, fileName)).toThrow(new LabelsError(message));
});

test("broken JSON is refused", () => {
  expect(() => parseLabels("[", "a.json")).toThrow('"a.json" is no valid JSON');
});
