/** The spec that a model's signature implies: one graph, one endpoint, an example of zeros. */

import type { ModelValue } from "../../runtime/plan/plan.js";
import { printType, tensorOf } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import type { LoadedModel } from "../models/load.js";
import { printYaml } from "../source/print-yaml.js";
import { isIdentifier } from "../spec/names.js";

export interface Starter {
  readonly text: string;
  /** The example's inputs, to be tried before they are written; undefined where a shape is not known. */
  readonly example: { readonly [input: string]: Json } | undefined;
}

/** The text of a `bentofile.yaml`; `file` is the model's, relative to it. */
export function starterSpec(
  service: string,
  modelName: string,
  file: string,
  model: LoadedModel,
  withExample: boolean,
): Starter {
  const inputs = model.inputs.filter((input) => input.optional !== true);
  const names = identifiers(
    inputs.map((input) => input.name),
    ["predict", "item", "index"],
  );
  const example = exampleOf(inputs, names);
  const batchable = inputs.some((input) => input.batchable === true);
  const outputNames = model.outputs.map((output) => output.name);
  const document = {
    service,
    models: { [modelName]: file },
    graphs: {
      predict: {
        inputs: Object.fromEntries(
          inputs.map((input, index) => [names[index], { type: printType(tensorOf(input.dtype, input.shape)) }]),
        ),
        steps: [
          {
            id: "answer",
            use: modelName,
            with: Object.fromEntries(inputs.map((input, index) => [input.name, `$${names[index]}`])),
          },
        ],
        outputs: Object.fromEntries(outputNames.map((name) => [name, `$answer${fieldPath(name)}`])),
      },
    },
    endpoints: [
      {
        path: "/predict",
        graph: "predict",
        summary: `Answers what ${file.slice(file.lastIndexOf("/") + 1)} answers.`,
        ...(withExample && example !== undefined ? { examples: [{ name: "zeros", inputs: example }] } : {}),
      },
    ],
  };
  const tips = batchable
    ? `# Requests can share runs of the model, which makes small models several times faster:\n#   ${modelName}: { source: ${file}, batching: { max_batch_size: 32 } }\n`
    : "";
  return {
    example,
    text: `# yaml-language-server: $schema=./node_modules/ekiben/schemas/bentofile.schema.json\n${tips}${printYaml(document)}`,
  };
}

function fieldPath(name: string): string {
  return isIdentifier(name) ? `.${name}` : `["${name.replaceAll(/["\\]/g, "\\$&")}"]`;
}

/** Names that CEL takes, each once: what is no letter, digit or _ becomes _. */
function identifiers(names: readonly string[], taken: readonly string[]): readonly string[] {
  const used = new Set(["answer", ...taken]);
  return names.map((name) => {
    const plain = name.replaceAll(/[^A-Za-z0-9_]+/g, "_").replaceAll(/^_+(?=.)|_+$/g, "");
    const base = isIdentifier(plain) ? plain : `input_${plain}`.replaceAll(/_+$/g, "");
    let candidate = base;
    for (let count = 2; used.has(candidate) || !isIdentifier(candidate); count++) candidate = `${base}_${count}`;
    used.add(candidate);
    return candidate;
  });
}

const mostElements = 2000;

function exampleOf(inputs: readonly ModelValue[], names: readonly string[]): Starter["example"] {
  const values = inputs.map((input) => zerosFor(input));
  if (values.some((value) => value === undefined)) return undefined;
  return Object.fromEntries(values.map((value, index) => [names[index] ?? "", value ?? null]));
}

function zerosFor({ shape, dtype }: ModelValue): Json | undefined {
  if (shape === null) return undefined;
  const sizes = shape.map((dim) => (typeof dim === "number" ? dim : 1));
  if (sizes.reduce((size, dim) => size * dim, 1) > mostElements) return undefined;
  const zero = dtype === "string" ? "" : dtype === "bool" ? false : 0;
  return sizes.reduceRight<Json>((item, size) => Array.from({ length: size }, () => item), zero);
}
