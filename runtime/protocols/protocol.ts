/** A protocol turns bytes into values and back; it knows neither Express nor the engine. */
import type { PlanGraph } from "../plan/plan.js";
import type { ValueRecord } from "../values/value.js";
import type { Contract } from "./contract.js";

/** A request as it came in, its body read and within its limit. */
export interface WireRequest {
  readonly method: string;
  /** Lower-case, without parameters; empty when the caller named none. */
  readonly contentType: string;
  readonly contentTypeHeader: string;
  readonly accept: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly contentType: string;
  readonly body: string | Buffer;
}

export interface Protocol {
  readonly name: string;
  /** Throws an `EkibenError`: 400, 415 or 422. A promise only where it must be waited for, which small requests feel. */
  decode(request: WireRequest, contract: Contract): ValueRecord | Promise<ValueRecord>;
  /** Throws `not-acceptable` when the caller takes none of the forms. */
  encode(values: ValueRecord, accept: string, contract: Contract): WireAnswer | Promise<WireAnswer>;
  /** The media types of a request and of an answer, for OpenAPI. */
  describe(
    graph: PlanGraph,
    contract: Contract,
  ): { readonly requests: readonly string[]; readonly answers: readonly string[] };
}
