/** Graphs, nodes and functions, read from `GraphProto`, `NodeProto` and `FunctionProto`, with the graphs inside nodes' attributes. */
import { type ExternalData, readSparseTensor, readTensor, type TensorMessage } from "./tensor-message.js";
import { type OnnxType, readType } from "./value-type.js";
import type { Span, WireFile } from "./wire.js";

/** An input or output of the graph, as the file declares it. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
}

export interface GraphMessage {
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  readonly initializers: Set<string>;
}

/** What the whole file holds, wherever it is nested. */
export interface Findings {
  readonly external: ExternalData[];
  /** `domain:operator`, the standard domain being empty. */
  readonly operators: Set<string>;
  /** Of all weights that are floats of 16 bits. */
  halfBytes: number;
}

/** Reads a `GraphProto` into `graph`; what nested graphs hold goes to `findings` alone. */
export function readGraph(file: WireFile, message: Span, graph: GraphMessage, findings: Findings): void {
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    if (field.number === 1) readNode(file, field.span, findings);
    if (field.number === 5) keep(readTensor(file, field.span), graph, findings);
    if (field.number === 15) for (const part of readSparseTensor(file, field.span)) keep(part, graph, findings);
    if (field.number === 11) graph.inputs.push(readValue(file, field.span));
    if (field.number === 12) graph.outputs.push(readValue(file, field.span));
  });
}

/** Reads the nodes of a `FunctionProto`. */
export function readFunction(file: WireFile, message: Span, findings: Findings): void {
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    if (field.number === 7) readNode(file, field.span, findings);
    if (field.number === 11) readAttribute(file, field.span, findings);
  });
}

export function emptyGraph(): GraphMessage {
  return { inputs: [], outputs: [], initializers: new Set() };
}

function keep(tensor: TensorMessage, graph: GraphMessage, findings: Findings): void {
  graph.initializers.add(tensor.name);
  findings.halfBytes += tensor.halfBytes;
  if (tensor.external !== undefined) findings.external.push(tensor.external);
}

function readValue(file: WireFile, message: Span): OnnxValue {
  let name = "";
  let type: OnnxType = { kind: "undeclared" };
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    if (field.number === 1) name = file.text(field.span);
    if (field.number === 2) type = readType(file, field.span);
  });
  return { name, type };
}

function readNode(file: WireFile, message: Span, findings: Findings): void {
  let operator = "";
  let domain = "";
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    if (field.number === 4) operator = file.text(field.span);
    if (field.number === 7) domain = file.text(field.span);
    if (field.number === 5) readAttribute(file, field.span, findings);
  });
  findings.operators.add(`${domain}:${operator}`);
}

/** An attribute may hold tensors (t, tensors, sparse_tensor, sparse_tensors) and graphs (g, graphs). */
function readAttribute(file: WireFile, message: Span, findings: Findings): void {
  file.eachField(message, (field) => {
    if (field.wire !== "bytes") return;
    const { number, span } = field;
    if (number === 5 || number === 10) keep(readTensor(file, span), emptyGraph(), findings);
    if (number === 22 || number === 23)
      for (const part of readSparseTensor(file, span)) keep(part, emptyGraph(), findings);
    if (number === 6 || number === 11) readGraph(file, span, emptyGraph(), findings);
  });
}
