/** Types as a spec writes them: `list<{ label: string, score: number }>`, `float32[batch, ?]`, `string | null`, `integer?`. */
import { isDType } from "../values/dtype.js";
import type { Dim, Type } from "./type.js";
import { imageType, listOf, optional, recordOf, tensorOf, union } from "./type.js";

export type ParsedType = { readonly ok: true; readonly type: Type } | { readonly ok: false; readonly problem: string };

const simpleTypes: { readonly [name: string]: Type } = {
  string: { kind: "string" },
  integer: { kind: "integer" },
  number: { kind: "number" },
  boolean: { kind: "boolean" },
  bytes: { kind: "bytes" },
  json: { kind: "json" },
  image: imageType,
  audio: { kind: "audio" },
  file: { kind: "file" },
  null: { kind: "null" },
  unknown: { kind: "unknown" },
};

/** The names of types that take no brackets, for did-you-mean. */
export const typeNames: readonly string[] = [...Object.keys(simpleTypes).filter((name) => name !== "unknown"), "list"];

const maxDepth = 32;

/** Reads a type; what is wrong with the text is said in words that follow "is no type:". */
export function parseType(text: string): ParsedType {
  const reader = new TypeReader(text);
  try {
    return { ok: true, type: reader.whole() };
  } catch (error) {
    if (error instanceof TypeSyntaxError) return { ok: false, problem: error.message };
    throw error;
  }
}

/** A type that this program printed itself. */
export function knownType(text: string): Type {
  const parsed = parseType(text);
  if (!parsed.ok) throw new Error(`invariant: "${text}" is a type, but ${parsed.problem}`);
  return parsed.type;
}

class TypeSyntaxError extends Error {}

class TypeReader {
  #position = 0;

  constructor(readonly text: string) {}

  whole(): Type {
    const type = this.#type(0);
    this.#space();
    if (this.#position < this.text.length) throw new TypeSyntaxError(`${this.#rest()} is left over`);
    return type;
  }

  #type(depth: number): Type {
    if (depth > maxDepth) throw new TypeSyntaxError(`it is nested more than ${maxDepth} levels deep`);
    const members = [this.#single(depth)];
    while (this.#take("|")) members.push(this.#single(depth));
    return members.length === 1 ? (members[0] as Type) : union(members);
  }

  #single(depth: number): Type {
    let type = this.#base(depth);
    while (this.#take("?")) type = optional(type);
    return type;
  }

  #base(depth: number): Type {
    if (this.#take("(")) {
      const type = this.#type(depth + 1);
      this.#expect(")");
      return type;
    }
    if (this.#take("{")) return this.#record(depth);
    const name = this.#word();
    if (name === "list") {
      this.#expect("<");
      const item = this.#type(depth + 1);
      this.#expect(">");
      return listOf(item);
    }
    if (isDType(name) && this.#take("[")) return tensorOf(name, this.#dims());
    if (name === "tensor" && this.#take("[")) return tensorOf(null, this.#dims());
    const simple = Object.hasOwn(simpleTypes, name) ? simpleTypes[name] : undefined;
    if (simple !== undefined) return simple;
    if (isDType(name) || name === "tensor")
      throw new TypeSyntaxError(`a tensor needs its dimensions, such as ${name}[batch, 4]`);
    throw new TypeSyntaxError(name === "" ? `${this.#rest()} begins no type` : `there is no type "${name}"`);
  }

  #record(depth: number): Type {
    const fields: [string, Type][] = [];
    while (!this.#take("}")) {
      const name = this.#take('"') ? this.#quoted() : this.#word();
      if (name === "" || name === "__proto__") throw new TypeSyntaxError(`${this.#rest()} begins no field`);
      this.#expect(":");
      fields.push([name, this.#type(depth + 1)]);
      if (!this.#take(",") && this.#peek() !== "}")
        throw new TypeSyntaxError(`a "," or "}" is missing before ${this.#rest()}`);
    }
    return recordOf(Object.fromEntries(fields));
  }

  #dims(): readonly Dim[] | null {
    if (this.#take("...")) {
      this.#expect("]");
      return null;
    }
    const dims: Dim[] = [];
    while (!this.#take("]")) {
      dims.push(this.#dim());
      if (!this.#take(",") && this.#peek() !== "]")
        throw new TypeSyntaxError(`a "," or "]" is missing before ${this.#rest()}`);
    }
    return dims;
  }

  #dim(): Dim {
    if (this.#take("?")) return null;
    if (this.#take('"')) return this.#quoted();
    const word = this.#word();
    if (word === "") throw new TypeSyntaxError(`${this.#rest()} is no dimension; write a number, a name or ?`);
    if (!/^[0-9]/.test(word)) return word;
    const size = Number(word);
    if (!Number.isSafeInteger(size)) throw new TypeSyntaxError(`"${word}" is no size`);
    return size;
  }

  /** A JSON string, as `printType` writes names; its first quote has been read. */
  #quoted(): string {
    const match = /(?:[^"\\]|\\.)*"/sy;
    match.lastIndex = this.#position;
    const rest = match.exec(this.text)?.[0];
    if (rest === undefined) throw new TypeSyntaxError('a closing " is missing');
    this.#position += rest.length;
    try {
      return String(JSON.parse(`"${rest}`));
    } catch {
      throw new TypeSyntaxError(`"${rest} is no JSON string`);
    }
  }

  #word(): string {
    this.#space();
    const match = /[A-Za-z0-9_.-]*/y;
    match.lastIndex = this.#position;
    const word = match.exec(this.text)?.[0] ?? "";
    this.#position += word.length;
    return word;
  }

  #take(token: string): boolean {
    this.#space();
    if (!this.text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new TypeSyntaxError(`a "${token}" is missing before ${this.#rest()}`);
  }

  #peek(): string {
    this.#space();
    return this.text.charAt(this.#position);
  }

  #space(): void {
    while (/\s/.test(this.text.charAt(this.#position))) this.#position++;
  }

  #rest(): string {
    const rest = this.text.slice(this.#position);
    return rest === "" ? "the end" : `"${rest.length > 30 ? `${rest.slice(0, 29)}…` : rest}"`;
  }
}
