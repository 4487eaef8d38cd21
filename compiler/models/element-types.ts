/** ONNX's element types by their number in the file, and which of them can be served. https://onnx.ai/onnx/api/classes.html#tensorproto */
import { type DType, isDType } from "../../runtime/values/dtype.js";

interface ElementTypeInfo {
  readonly name: string;
  /** Bits of one element in a file of external data; 0 where there is no such size. */
  readonly bits: number;
}

/** In the order of ONNX's `TensorProto.DataType`, from 0. */
const elementTypeTable = [
  { name: "undefined", bits: 0 },
  { name: "float32", bits: 32 },
  { name: "uint8", bits: 8 },
  { name: "int8", bits: 8 },
  { name: "uint16", bits: 16 },
  { name: "int16", bits: 16 },
  { name: "int32", bits: 32 },
  { name: "int64", bits: 64 },
  { name: "string", bits: 0 },
  { name: "bool", bits: 8 },
  { name: "float16", bits: 16 },
  { name: "float64", bits: 64 },
  { name: "uint32", bits: 32 },
  { name: "uint64", bits: 64 },
  { name: "complex64", bits: 64 },
  { name: "complex128", bits: 128 },
  { name: "bfloat16", bits: 16 },
  { name: "float8e4m3fn", bits: 8 },
  { name: "float8e4m3fnuz", bits: 8 },
  { name: "float8e5m2", bits: 8 },
  { name: "float8e5m2fnuz", bits: 8 },
  { name: "uint4", bits: 4 },
  { name: "int4", bits: 4 },
  { name: "float4e2m1", bits: 4 },
  { name: "float8e8m0", bits: 8 },
  { name: "uint2", bits: 2 },
  { name: "int2", bits: 2 },
] as const satisfies readonly ElementTypeInfo[];

/** An element type's name; one that ONNX has added since is `type N`. */
export type ElementType = (typeof elementTypeTable)[number]["name"] | `type ${number}`;

/** The element type that a number of `TensorProto.DataType` stands for. */
export function elementType(number: number): ElementType {
  return elementTypeTable[number]?.name ?? `type ${number}`;
}

/** Bytes that `elements` of a type take in a file; 0 for types without a size. */
export function bytesOf(number: number, elements: number): number {
  return Math.ceil(((elementTypeTable[number]?.bits ?? 0) * elements) / 8);
}

/** The element type of a servable tensor, or undefined for one that onnxruntime-node cannot carry (bfloat16, complex64, float8…). */
export function servableDType(type: ElementType): DType | undefined {
  return isDType(type) ? type : undefined;
}
