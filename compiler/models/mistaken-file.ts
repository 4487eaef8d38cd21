/** What a file really is that was given as an ONNX model and is none, by its first bytes. */
import { closeSync, openSync, readSync } from "node:fs";
import { type ModelProblem, problem } from "./problem.js";

interface Mistake {
  readonly is: (head: Buffer) => boolean;
  readonly what: string;
  readonly help: string;
}

/** The first that fits is it. */
const mistakes: readonly Mistake[] = [
  { is: (head) => head.length === 0, what: "it is empty", help: "Export or download the model again." },
  {
    is: startsWith("version https://git-lfs"),
    what: "it is a Git LFS pointer, not the model itself",
    help: "Run `git lfs pull` in its repository.",
  },
  {
    is: (head) => /^\s*<(!doctype|html|head|\?xml|!--)/i.test(head.toString("latin1")),
    what: "it is an HTML page, as a failed download leaves behind",
    help: "Download the file itself: the address of its page is not the address of the file.",
  },
  {
    is: startsWith("PK\x03\x04"),
    what: "it is a zip archive, as PyTorch's `torch.save` and model downloads are",
    help: "Unpack it, or export the model to ONNX.",
  },
  { is: startsWith("\x1f\x8b"), what: "it is compressed with gzip", help: "Unpack it first." },
  {
    is: startsWith("\x89HDF"),
    what: "it is an HDF5 file, as Keras saves",
    help: 'Export the model to ONNX (`tf2onnx`, or Keras\' `model.export(format="onnx")`).',
  },
  {
    is: (head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5,
    what: "it is a Python pickle",
    help: "Export the model to ONNX (`skl2onnx`, `torch.onnx.export`).",
  },
  {
    is: (head) => head.subarray(4, 8).toString("latin1") === "ORTM",
    what: "it is in onnxruntime's own ORT format",
    help: "Give the .onnx file that it was made from.",
  },
  {
    is: (head) => head.subarray(4, 8).toString("latin1") === "TFL3",
    what: "it is a TensorFlow Lite model",
    help: "Convert it to ONNX with `tf2onnx --tflite`.",
  },
  { is: isText, what: "it is plain text", help: "Give the path of the .onnx file itself." },
];

/** The problem of a file that could not be read as a model, when its beginning tells what it is. */
export function mistakenFile(path: string): ModelProblem | undefined {
  const head = readHead(path);
  const mistake = mistakes.find(({ is }) => is(head));
  return mistake && problem("model-unreadable", `The file is no ONNX model: ${mistake.what}.`, mistake.help);
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(512);
  const descriptor = openSync(path, "r");
  try {
    return head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

function startsWith(text: string): (head: Buffer) => boolean {
  return (head) => head.toString("latin1").startsWith(text);
}

/** Printable ASCII and white space only: no model is, its first byte is a small number. */
function isText(head: Buffer): boolean {
  return head.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
