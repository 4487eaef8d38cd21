/** What the command line asks of a bench, checked. */
import type { Values } from "../command.js";
import { Failure } from "../failure.js";
import type { Arrivals } from "./arrivals.js";
import type { Load } from "./load.js";

export interface Settings {
  /** At least one. */
  readonly loads: readonly Load[];
  readonly durationMs: number;
  readonly warmupMs: number;
  readonly requests: number;
  readonly rounds: number;
  readonly url: URL | undefined;
  readonly compare: string | undefined;
  readonly allowsFailures: boolean;
}

const defaultConcurrency = 16;

export function settingsOf(options: Values): Settings {
  const loads = loadsOf(options);
  const compare = options.text("compare");
  if (compare !== undefined && loads.length > 1)
    throw new Failure(2, "two services are compared under one load", "give one number of --concurrency or --rate");
  if (compare !== undefined && options.text("url") !== undefined)
    throw new Failure(2, "--compare serves both specs itself", "leave --url out");
  if (compare === undefined && options.text("rounds") !== undefined)
    throw new Failure(2, "--rounds is of a comparison", "say with what by --compare");
  const requests = number(options, "requests", Number.POSITIVE_INFINITY, { least: 1, most: 1e9, isWhole: true });
  return {
    loads,
    // So many requests take as long as they take.
    durationMs: seconds(options, "duration", Number.isFinite(requests) ? Number.POSITIVE_INFINITY : 10, 0.1),
    warmupMs: seconds(options, "warmup", 2, 0),
    requests,
    rounds: number(options, "rounds", 5, { least: 2, most: 100, isWhole: true }),
    url: urlOf(options.text("url")),
    compare,
    allowsFailures: options.flag("allow-failures"),
  };
}

function loadsOf(options: Values): readonly Load[] {
  const rate = options.text("rate");
  const arrivals = arrivalsOf(options.text("arrivals"), rate !== undefined);
  if (rate === undefined)
    return list(options, "concurrency", String(defaultConcurrency), { least: 1, most: 4096, isWhole: true }).map(
      (concurrency) => ({ kind: "closed", concurrency }),
    );
  if (options.text("concurrency") !== undefined)
    throw new Failure(2, "a load is a closed loop or an open one", "give --concurrency or --rate");
  return list(options, "rate", "", { least: 0.01, most: 1e6 }).map((ratePerS) => ({
    kind: "open",
    ratePerS,
    arrivals,
  }));
}

function arrivalsOf(text: string | undefined, isOpen: boolean): Arrivals {
  if (text !== undefined && !isOpen)
    throw new Failure(2, "--arrivals is of an open loop", "say how many a second with --rate");
  if (text === undefined || text === "constant") return "constant";
  if (text === "poisson") return "poisson";
  throw new Failure(2, `"${text}" is no way to arrive`, "--arrivals takes constant or poisson");
}

function urlOf(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new Failure(2, `"${text}" is no address of a server`, "write it as http://HOST:PORT");
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

function list(options: Values, name: string, otherwise: string, range: Range): readonly number[] {
  return (options.text(name) ?? otherwise).split(",").map((text) => parse(name, text, range));
}

function number(options: Values, name: string, otherwise: number, range: Range): number {
  const text = options.text(name);
  return text === undefined ? otherwise : parse(name, text, range);
}

function seconds(options: Values, name: string, otherwise: number, least: number): number {
  const text = options.text(name)?.replace(/s$/, "");
  return 1000 * (text === undefined ? otherwise : parse(name, text, { least, most: 86_400 }));
}

function parse(name: string, text: string, { least, most, isWhole = false }: Range): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  const what = isWhole ? "a whole number" : "a number";
  throw new Failure(2, `--${name} takes no "${text}"`, `it takes ${what} from ${least} to ${most}`);
}
