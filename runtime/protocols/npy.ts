/** NumPy's .npy format, versions 1 to 3, little-endian and C order: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { EkibenError } from "../errors.js";
import type { DType } from "../values/dtype.js";
import { dtypes } from "../values/dtype.js";
import { sizeOf, Tensor } from "../values/value.js";

const descriptors: readonly (readonly [string, DType])[] = [
  ["<f4", "float32"],
  ["<f8", "float64"],
  ["<f2", "float16"],
  ["|i1", "int8"],
  ["|u1", "uint8"],
  ["<i2", "int16"],
  ["<u2", "uint16"],
  ["<i4", "int32"],
  ["<u4", "uint32"],
  ["<i8", "int64"],
  ["<u8", "uint64"],
  ["|b1", "bool"],
];
const magic = Buffer.from("\x93NUMPY", "latin1");

export function parseNpy(body: Buffer): Tensor {
  const version = body[6] ?? 0;
  if (!body.subarray(0, 6).equals(magic) || version < 1 || version > 3)
    throw malformed("it does not begin as an .npy file does");
  const lengthBytes = version === 1 ? 2 : 4;
  if (body.length < 8 + lengthBytes) throw malformed("it ends in its header");
  const headerLength = version === 1 ? body.readUInt16LE(8) : body.readUInt32LE(8);
  const start = 8 + lengthBytes + headerLength;
  if (start > body.length || headerLength > 65536) throw malformed("it ends in its header");
  const header = body.toString("latin1", 8 + lengthBytes, start);
  const descriptor = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shapeText = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const dtype = descriptors.find(([name]) => name === descriptor)?.[1];
  if (shapeText === undefined || order === undefined || descriptor === undefined)
    throw malformed("its header cannot be read");
  if (dtype === undefined)
    throw malformed(`its element type ${descriptor} is not taken; little-endian numbers and booleans are`);
  if (order === "True") throw malformed("it is in Fortran order; save it with numpy.ascontiguousarray");
  const shape = shapeText
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(Number);
  return tensorFromBytes(dtype, shape, body.subarray(start));
}

export function printNpy(tensor: Tensor): Buffer {
  const descriptor = descriptors.find(([, dtype]) => dtype === tensor.dtype)?.[0];
  if (descriptor === undefined || Array.isArray(tensor.data))
    throw new EkibenError("not-acceptable", "A tensor of texts has no .npy form; ask for application/json.");
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(", ");
  const header = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': (${shape}), }`;
  const padding = 63 - ((10 + header.length) % 64);
  const head = Buffer.alloc(10);
  magic.copy(head);
  head[6] = 1;
  head.writeUInt16LE(header.length + padding + 1, 8);
  return Buffer.concat([head, Buffer.from(`${header}${" ".repeat(padding)}\n`, "latin1"), bytesOf(tensor)]);
}

export function bytesOf(tensor: Tensor): Buffer {
  if (Array.isArray(tensor.data))
    throw new EkibenError("not-acceptable", "A tensor of texts has no binary form; ask for application/json.");
  return Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

/** Little-endian elements in row-major order; the bytes are copied where their place in memory is not aligned. */
export function tensorFromBytes(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const { bytes: elementBytes, view } = dtypes[dtype];
  const size = sizeOf(shape);
  if (view === undefined || !Number.isSafeInteger(size) || size * elementBytes !== bytes.length) {
    throw malformed(`${dtype}[${shape.join(", ")}] takes ${size * elementBytes} bytes, and there are ${bytes.length}`);
  }
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return new Tensor(dtype, shape, view(copy.buffer, 0, size));
}

function malformed(problem: string): EkibenError {
  return new EkibenError("malformed-body", `The body is no tensor that can be read: ${problem}.`);
}
