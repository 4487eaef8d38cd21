/** Calls of the examples with answers that independent libraries computed: scikit-learn, PyTorch, NumPy, onnxruntime in Python. */
import { readFileSync } from "node:fs";
import type { Json } from "../../runtime/values/value.js";
import { inRepository } from "./paths.js";

export interface ExampleCallCase {
  readonly example: string;
  readonly name: string;
  readonly path: string;
  readonly graph: string;
  readonly inputs: { readonly [name: string]: Json };
  /** Inputs that are files of the example's folder. */
  readonly files: { readonly [name: string]: string };
  readonly expected: { readonly [name: string]: Json };
  readonly tolerance: number;
}

interface Recorded {
  readonly cases: readonly RecordedCase[];
}
interface RecordedCase {
  readonly name?: string;
  readonly text?: string;
  readonly int8?: readonly number[];
  readonly inputs: { readonly [name: string]: Json };
  readonly expected: { readonly [name: string]: Json };
}
interface RecordedTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const species = ["setosa", "versicolor", "virginica"];

export function exampleCallCases(): readonly ExampleCallCase[] {
  return [...iris(), ...digits(), ...regression(), ...similarity(), ...router(), ...summarization()];
}

function iris(): readonly ExampleCallCase[] {
  return recorded("iris")
    .slice(0, 3)
    .map(({ name = "", inputs, expected }) => {
      const [sepal_length = 0, sepal_width = 0, petal_length = 0, petal_width = 0] = tensor(inputs["float_input"]).data;
      const probabilities = tensor(expected["probabilities"]).data;
      const candidates = ranked(probabilities, 3).map((index) => ({
        label: species[index] ?? "",
        index,
        score: probabilities[index] ?? 0,
      }));
      return {
        ...at("iris", name, "/classify", "classify"),
        inputs: { sepal_length, sepal_width, petal_length, petal_width },
        expected: { species: candidates[0]?.label ?? "", candidates },
        tolerance: 1e-5,
      };
    });
}

function digits(): readonly ExampleCallCase[] {
  return recorded("digits")
    .slice(0, 10)
    .map(({ name = "", inputs, expected }) => {
      const probabilities = softmax(tensor(expected["logits"]).data);
      const candidates = ranked(probabilities, 3).map((index) => ({
        label: String(index),
        index,
        score: probabilities[index] ?? 0,
      }));
      const { file } = inputs["image"] as { readonly file: string };
      return {
        ...at("digits", name, "/read", "read_digit"),
        inputs: {},
        files: { image: file },
        expected: { digit: candidates[0]?.label ?? "", candidates },
        tolerance: 1e-3,
      };
    });
}

function regression(): readonly ExampleCallCase[] {
  return recorded("regression")
    .filter(({ inputs }) => "data" in Object(inputs["features"]))
    .map(({ name = "", inputs, expected }) => {
      const { data, shape } = tensor(inputs["features"]);
      const patients = Array.from({ length: shape[0] ?? 0 }, (_, row) => data.slice(row * 10, row * 10 + 10));
      const ridge = tensor(expected["ridge"]).data;
      const forest = tensor(expected["forest"]).data;
      return {
        ...at("regression", name, "/predict", "predict"),
        inputs: { patients },
        expected: { ridge, forest, mean: ridge.map((value, row) => (value + (forest[row] ?? 0)) / 2) },
        tolerance: 1e-4,
      };
    });
}

function similarity(): readonly ExampleCallCase[] {
  const cases = recorded("similarity");
  const texts = cases.map(({ text = "" }) => text);
  const vectors = cases.map(({ int8 = [] }) => int8);
  const search = JSON.parse(readFileSync(inRepository("examples", "similarity", "request.json"), "utf8"));
  const found = JSON.parse(readFileSync(inRepository("examples", "similarity", "response.json"), "utf8"));
  return [
    {
      ...at("similarity", "twenty sentences", "/embed", "embed"),
      inputs: { texts },
      expected: { vectors },
      tolerance: 1e-4,
    },
    { ...at("similarity", "a search", "/search", "search"), inputs: search, expected: found, tolerance: 1e-3 },
  ];
}

function router(): readonly ExampleCallCase[] {
  return recorded("router").map(({ inputs, expected }) => ({
    ...at("router", String(inputs["message"]), "/triage", "triage"),
    inputs,
    expected,
    tolerance: 1e-5,
  }));
}

function summarization(): readonly ExampleCallCase[] {
  return recorded("summarization").map(({ name = "", inputs, expected }) => ({
    ...at("summarization", name, "/summarize", "summarize"),
    inputs,
    expected,
    tolerance: 0,
  }));
}

function at(example: string, name: string, path: string, graph: string) {
  return { example, name, path, graph, files: {} };
}

function recorded(example: string): readonly RecordedCase[] {
  const { cases } = JSON.parse(readFileSync(inRepository("examples", example, "cases.json"), "utf8")) as Recorded;
  return cases;
}

function tensor(value: unknown): RecordedTensor {
  return value as RecordedTensor;
}

function softmax(logits: readonly number[]): readonly number[] {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function ranked(scores: readonly number[], k: number): readonly number[] {
  return scores
    .map((_, index) => index)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    .slice(0, k);
}
