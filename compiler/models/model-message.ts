/** A whole ONNX file, read from `ModelProto`: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import { emptyGraph, type Findings, type GraphMessage, readFunction, readGraph } from "./graph-message.js";
import type { Span, WireFile } from "./wire.js";

export interface Opset {
  /** Empty for the standard operators. */
  readonly domain: string;
  readonly version: number;
}

export interface ModelMessage extends Findings {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: readonly Opset[];
  /** Null where the file holds none: then it is no model. */
  readonly graph: GraphMessage | null;
}

/** Reads a `ModelProto` without its weights. */
export function readModel(file: WireFile): ModelMessage {
  const findings: Findings = { external: [], operators: new Set(), halfBytes: 0 };
  const opsets: Opset[] = [];
  let irVersion = 0;
  let producer = "";
  let graph: GraphMessage | null = null;
  file.eachField(file.whole, (field) => {
    if (field.number === 1 && field.wire === "varint") irVersion = field.value;
    if (field.wire !== "bytes") return;
    if (field.number === 2) producer = file.text(field.span);
    if (field.number === 7) {
      graph ??= emptyGraph();
      readGraph(file, field.span, graph, findings);
    }
    if (field.number === 8) opsets.push(readOpset(file, field.span));
    if (field.number === 25) readFunction(file, field.span, findings);
  });
  return { irVersion, producer, opsets, graph, ...findings };
}

function readOpset(file: WireFile, message: Span): Opset {
  let domain = "";
  let version = 0;
  file.eachField(message, (field) => {
    if (field.number === 1 && field.wire === "bytes") domain = file.text(field.span);
    if (field.number === 2 && field.wire === "varint") version = field.value;
  });
  return { domain: domain === "ai.onnx" ? "" : domain, version };
}
