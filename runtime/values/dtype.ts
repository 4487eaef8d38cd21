/**
 * The element types of tensors: ONNX's, as far as onnxruntime-node can carry them. One table says how each is held in
 * memory. float16 is held as its 16 bits; bool as one byte each; string as an array of strings.
 */

interface DTypeArrays {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  string: string[];
}

export type DType = keyof DTypeArrays;
export type NumericDType = Exclude<DType, "string">;
export type TensorData = DTypeArrays[DType];
export type NumericData = DTypeArrays[NumericDType];
export type DataOf<D extends DType> = DTypeArrays[D];

export type DTypeKind = "float" | "int" | "uint" | "bool" | "string";

interface DTypeInfo {
  readonly kind: DTypeKind;
  /** Bytes of one element; 0 for strings. */
  readonly bytes: number;
  readonly allocate: (length: number) => TensorData;
  /** A typed view of bytes; absent for strings. `buffer` must be aligned to `bytes`. */
  readonly view?: (buffer: ArrayBuffer, byteOffset: number, length: number) => NumericData;
}

export const dtypes: { readonly [D in DType]: DTypeInfo } = {
  float32: {
    kind: "float",
    bytes: 4,
    allocate: (n) => new Float32Array(n),
    view: (b, o, n) => new Float32Array(b, o, n),
  },
  float64: {
    kind: "float",
    bytes: 8,
    allocate: (n) => new Float64Array(n),
    view: (b, o, n) => new Float64Array(b, o, n),
  },
  float16: {
    kind: "float",
    bytes: 2,
    allocate: (n) => new Uint16Array(n),
    view: (b, o, n) => new Uint16Array(b, o, n),
  },
  int8: { kind: "int", bytes: 1, allocate: (n) => new Int8Array(n), view: (b, o, n) => new Int8Array(b, o, n) },
  uint8: { kind: "uint", bytes: 1, allocate: (n) => new Uint8Array(n), view: (b, o, n) => new Uint8Array(b, o, n) },
  int16: { kind: "int", bytes: 2, allocate: (n) => new Int16Array(n), view: (b, o, n) => new Int16Array(b, o, n) },
  uint16: { kind: "uint", bytes: 2, allocate: (n) => new Uint16Array(n), view: (b, o, n) => new Uint16Array(b, o, n) },
  int32: { kind: "int", bytes: 4, allocate: (n) => new Int32Array(n), view: (b, o, n) => new Int32Array(b, o, n) },
  uint32: { kind: "uint", bytes: 4, allocate: (n) => new Uint32Array(n), view: (b, o, n) => new Uint32Array(b, o, n) },
  int64: {
    kind: "int",
    bytes: 8,
    allocate: (n) => new BigInt64Array(n),
    view: (b, o, n) => new BigInt64Array(b, o, n),
  },
  uint64: {
    kind: "uint",
    bytes: 8,
    allocate: (n) => new BigUint64Array(n),
    view: (b, o, n) => new BigUint64Array(b, o, n),
  },
  bool: { kind: "bool", bytes: 1, allocate: (n) => new Uint8Array(n), view: (b, o, n) => new Uint8Array(b, o, n) },
  string: { kind: "string", bytes: 0, allocate: (n) => new Array<string>(n).fill("") },
};

export const dtypeNames = Object.keys(dtypes) as readonly DType[];

export function isDType(name: string): name is DType {
  return Object.hasOwn(dtypes, name);
}

/** A new array of zeros (empty strings) for `length` elements. */
export function allocate<D extends DType>(dtype: D, length: number): DataOf<D> {
  return dtypes[dtype].allocate(length) as DataOf<D>;
}
