/** The versions of one request: each model's is chosen when it is first asked, and stays for all its steps and items. */
import type { Plan, PlanModel, PlanTraffic } from "../../plan/plan.js";
import { Tensor, type Value, type ValueRecord } from "../../values/value.js";
import { type ChoiceFacts, chooseVersion } from "./choose-version.js";

/** A request's headers, by name in lower case, as Node gives them. */
export type RequestHeaders = { readonly [name: string]: string | readonly string[] | undefined };

export interface Request {
  readonly inputs: ValueRecord;
  readonly headers?: RequestHeaders;
  /** Versions that are chosen already, by model. */
  readonly versions?: ReadonlyMap<string, string>;
}

/** Told which version of a model answers, once for each model whose versions share traffic. */
export type OnVersion = (model: string, version: string) => void;

export class RequestVersions {
  readonly #chosen = new Map<string, string>();

  constructor(
    private readonly models: Plan["models"],
    private readonly request: Request,
    private readonly random: () => number,
    private readonly onVersion: OnVersion | undefined,
  ) {}

  /** Undefined for a model whose versions do not share traffic. Throws `bad-header`. */
  of(name: string): string | undefined {
    const model = this.models[name];
    if (model === undefined || !sharesTraffic(model)) return undefined;
    const known = this.#chosen.get(name);
    if (known !== undefined) return known;
    const version =
      this.request.versions?.get(name) ?? chooseVersion(name, model, factsOf(model.traffic, this.request), this.random);
    this.#choose(name, version);
    return version;
  }

  /** What is decided already: a sequence stays with the version that it began with. */
  keep(name: string, version: string): void {
    const model = this.models[name];
    if (model !== undefined && sharesTraffic(model) && !this.#chosen.has(name)) this.#choose(name, version);
  }

  #choose(name: string, version: string): void {
    this.#chosen.set(name, version);
    this.onVersion?.(name, version);
  }
}

export function sharesTraffic(model: PlanModel): model is PlanModel & { readonly traffic: PlanTraffic } {
  return model.traffic !== undefined;
}

function factsOf({ header, stickyBy }: PlanTraffic, request: Request): ChoiceFacts {
  const asked = header === undefined ? undefined : headerOf(request, header);
  const key = stickyBy === undefined ? undefined : keyOf(request, stickyBy);
  return { ...(asked === undefined ? {} : { header: asked }), ...(key === undefined ? {} : { key }) };
}

/** The input of that name where the graph has one and it was given, else the header. */
function keyOf(request: Request, name: string): string | undefined {
  const value = Object.hasOwn(request.inputs, name) ? request.inputs[name] : undefined;
  const input = scalarText(value);
  return input ?? headerOf(request, name.toLowerCase());
}

/** Lists, records and media are no keys. */
function scalarText(value: Value | undefined): string | undefined {
  if (value instanceof Tensor) return value.data.length === 1 ? String(value.data[0]) : undefined;
  return value === null || value === undefined || typeof value === "object" ? undefined : String(value);
}

function headerOf({ headers = {} }: Request, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  const text = typeof value === "string" ? value : value?.join(", ");
  return text?.trim() === "" ? undefined : text;
}
