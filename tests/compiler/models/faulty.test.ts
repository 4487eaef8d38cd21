import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { servableSignature } from "../../../compiler/models/servable.js";
import { readSignature } from "../../../compiler/models/signature.js";
import { inRepository } from "../../support/paths.js";
import { temporaryFolder } from "../../support/temp.js";

/** The fixtures, copied, with the symbolic link that a repository does not keep. */
const faulty = temporaryFolder();
cpSync(inRepository("tests", "fixtures", "models", "faulty"), faulty, { recursive: true });
symlinkSync("../../../../../../../../etc/passwd", join(faulty, "linked_external", "weights.bin"));

interface Case {
  readonly name: string;
  readonly expected?: { readonly refuse?: string; readonly found_by?: string };
}
const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(join(faulty, "cases.json"), "utf8"));

/** The problem of a file, whether in reading it or in serving what it declares. */
function problemOf(name: string): { code: string; message: string; help: string } | undefined {
  const result = readSignature(join(faulty, name));
  if (!result.ok) return result.problem;
  const servable = servableSignature(result.signature);
  return servable.ok ? undefined : servable.problem;
}

const unreadable = (message: RegExp, help: RegExp) => ({
  code: "model-unreadable",
  message: expect.stringMatching(message),
  help: expect.stringMatching(help),
});
const externalData = (message: RegExp) => ({ code: "model-external-data", message: expect.stringMatching(message) });

const refused: Readonly<Record<string, object>> = {
  "truncated.onnx": unreadable(/ends in the middle/, /cut short/),
  "truncated_tail.onnx": unreadable(/ends in the middle/, /cut short/),
  "empty.onnx": unreadable(/empty/, /again/),
  "text.onnx": unreadable(/plain text/, /path/),
  "html.onnx": unreadable(/HTML page/, /Download/),
  "lfs_pointer.onnx": unreadable(/Git LFS pointer/, /git lfs pull/),
  "random.onnx": unreadable(/no ONNX model|ends in the middle/, /again/),
  "zip.onnx": unreadable(/zip archive/, /Unpack/),
  "huge_length.onnx": unreadable(/ends in the middle/, /cut short/),
  "deep_nesting.onnx": unreadable(/nests/, /again/),
  "opset_99.onnx": { code: "model-version", message: expect.stringMatching(/opset 99/) },
  "ir_version_99.onnx": { code: "model-version", message: expect.stringMatching(/IR version 99/) },
  "no_opset.onnx": { code: "model-version", message: expect.stringMatching(/no opset/) },
  "no_outputs.onnx": { code: "model-no-outputs" },
  "missing_external/model.onnx": externalData(/"weights.bin".*no such file/),
  "escaping_external/model.onnx": externalData(/out of the model's folder/),
  "absolute_external/model.onnx": externalData(/absolute path/),
  "short_external/model.onnx": externalData(/"weights.bin" has 7 bytes/),
  "linked_external/model.onnx": externalData(/link out of the model's folder/),
  "types/bfloat16.onnx": { code: "model-unsupported-type", message: expect.stringMatching(/"x" is of type bfloat16/) },
  "kinds/sequence_output.onnx": { code: "model-unsupported-type", message: expect.stringMatching(/sequence<float32/) },
  "kinds/sequence_input.onnx": { code: "model-unsupported-type", message: expect.stringMatching(/sequence<float32/) },
  "kinds/optional_input.onnx": { code: "model-unsupported-type", message: expect.stringMatching(/optional<float32/) },
  "kinds/map_output.onnx": {
    code: "model-unsupported-type",
    message: expect.stringMatching(/"probabilities" is of type sequence<map<int64, float32>>/),
    help: expect.stringMatching(/"zipmap": False/),
  },
};

/** Nothing in the file's signature says what is wrong with these; opening or running them does. */
const foundLater = cases.filter(({ expected }) =>
  /^(opening( \(shape inference\))?|running)$/.test(expected?.found_by ?? ""),
);

describe("a model that cannot be served", () => {
  test.each(Object.entries(refused))("%s", (name, problem) => {
    expect(problemOf(name)).toMatchObject(problem);
  });

  test("every case that parsing or the signature shows is here", () => {
    const shown = cases.filter((each) => each.expected?.refuse !== undefined && !foundLater.includes(each));
    expect(Object.keys(refused)).toEqual(expect.arrayContaining(shown.map(({ name }) => name)));
  });

  test("a path without a file, and a folder", () => {
    expect(problemOf("absent.onnx")).toMatchObject({
      code: "model-missing",
      message: expect.stringMatching(/no file/),
    });
    expect(problemOf("types")).toMatchObject({ code: "model-missing", message: expect.stringMatching(/not a file/) });
  });
});

test.each(cases.map(({ name }) => name).filter((name) => refused[name] === undefined))("%s is read", (name) => {
  expect(problemOf(name)).toBeUndefined();
});
