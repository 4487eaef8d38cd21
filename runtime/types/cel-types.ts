/** Types as CEL's checker names them, and back. A record becomes a named type of CEL, so that a wrong field is found. */

import { dtypes } from "../values/dtype.js";
import type { RecordType, TensorType, Type } from "./type.js";
import {
  booleanType,
  bytesType,
  integerType,
  listOf,
  nullType,
  numberType,
  printType,
  stringType,
  unknownType,
} from "./type.js";

/** The record types met so far, by the name that CEL's checker knows them under. */
export interface CelTypes {
  /** CEL's name of a type; records are declared on the way, inner ones first. */
  name(type: Type): string;
  /** The type behind a name that the checker gives back. */
  type(name: string): Type;
}

/** Opens a table of record types; `declare` tells the checker of one, with the CEL types of its fields. */
export function celTypes(declare: (name: string, fields: { [field: string]: string }) => void): CelTypes {
  const names = new Map<string, string>();
  const records = new Map<string, RecordType>();

  function nameOf(type: Type): string {
    if (type.kind === "record") return nameOfRecord(type);
    if (type.kind === "list") return `list<${nameOf(type.item)}>`;
    if (type.kind === "optional") return nameOf(type.of);
    if (type.kind === "tensor") return nameOfTensor(type);
    return scalars.find((scalar) => scalar.type.kind === type.kind)?.cel ?? "dyn";
  }

  function nameOfRecord(record: RecordType): string {
    const printed = printType(record);
    const known = names.get(printed);
    if (known !== undefined) return known;
    const fields = Object.entries(record.fields).map(([field, type]) => [field, nameOf(type)]);
    const name = `Record${names.size + 1}`;
    names.set(printed, name);
    records.set(name, record);
    declare(name, Object.fromEntries(fields));
    return name;
  }

  function typeOf(name: string): Type {
    const item = /^list<(.*)>$/.exec(name)?.[1];
    if (item !== undefined) return listOf(typeOf(item));
    if (name === "list") return listOf(unknownType);
    return records.get(name) ?? scalars.find((scalar) => scalar.cel === name)?.type ?? unknownType;
  }

  return { name: nameOf, type: typeOf };
}

const scalars: readonly { readonly cel: string; readonly type: Type }[] = [
  { cel: "string", type: stringType },
  { cel: "int", type: integerType },
  { cel: "double", type: numberType },
  { cel: "bool", type: booleanType },
  { cel: "bytes", type: bytesType },
  { cel: "null", type: nullType },
];

/** A number for rank 0, nested lists of numbers otherwise. */
function nameOfTensor({ dtype, shape }: TensorType): string {
  if (shape === null) return "dyn";
  return shape.reduce<string>((item) => `list<${item}>`, dtype === null ? "dyn" : elementNames[dtypes[dtype].kind]);
}

const elementNames = { float: "double", int: "int", uint: "int", bool: "bool", string: "string" } as const;
