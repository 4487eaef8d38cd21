/** What the compiler tells a spec's author: a code, a place, words and help. Made here, placed and printed elsewhere. */
import { didYouMean } from "../../runtime/suggest.js";
import type { Path } from "../source/path.js";
import type { Source } from "../source/source.js";
import type { Code, MessageName, Severity } from "./catalogue.js";
import { pages } from "./catalogue.js";

export type { Code, Severity } from "./catalogue.js";

/** A place in a spec by its path, or in a text by its offsets. */
export type Place =
  | { readonly path: Path; readonly part: "key" | "value" }
  /** Characters inside the string at `path`. */
  | { readonly path: Path; readonly start: number; readonly end: number }
  | { readonly range: readonly [start: number, end: number] };

export interface RelatedPlace {
  readonly message: string;
  readonly place: Place;
}

export interface Diagnostic {
  readonly code: Code;
  /** Which of the code's messages it is. */
  readonly variant: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
  readonly place: Place;
  /** A few words behind the carets. */
  readonly note: string;
  readonly related: readonly RelatedPlace[];
}

/** How checks report; most take one as their last argument. */
export interface Report {
  (diagnostic: Diagnostic): void;
  /** False once more was reported than anybody reads: what is costly to say need not be said any more. */
  readonly hasRoom: () => boolean;
}

export type Holes = { readonly [hole: string]: string | number };

interface Extras {
  readonly severity?: Severity;
  readonly note?: string;
  readonly related?: readonly RelatedPlace[];
}

/** The diagnostic that a page of the catalogue describes, its holes filled. */
export function diagnostic<C extends Code>(
  code: C,
  name: MessageName<C>,
  place: Place,
  holes: Holes,
  extras: Extras = {},
): Diagnostic {
  const page = pages[code];
  const template = page.messages.find((message) => message.name === name);
  return {
    code,
    variant: name,
    severity: extras.severity ?? page.severity,
    message: fill(template?.message ?? "", holes),
    help: fill(template?.help ?? "", holes),
    place,
    note: extras.note ?? "",
    related: extras.related ?? [],
  };
}

export function valueAt(path: Path): Place {
  return { path, part: "value" };
}

export function keyAt(path: Path): Place {
  return { path, part: "key" };
}

/** `did you mean …?` for a name that is not there; short where nobody will read it. */
export function suggest(name: string, known: Iterable<string>, report: Report, fallback?: string): string {
  return report.hasRoom() ? didYouMean(name, known, fallback) : "check how it is written";
}

/** Where a place lies in the text. */
export function rangeOfPlace(place: Place, source: Source): readonly [start: number, end: number] {
  if ("range" in place) return place.range;
  return "start" in place
    ? source.rangeWithin(place.path, place.start, place.end)
    : source.rangeOf(place.path, place.part);
}

function fill(template: string, holes: Holes): string {
  return template.replaceAll(/%([a-z-]+)%/g, (whole, hole: string) => asClause(String(holes[hole] ?? whole)));
}

/** A sentence of another floor inside one of ours: without its capital and its full stop. */
function asClause(text: string): string {
  const isSentence = /^[A-Z][a-z]* .*[^.]\.$/s.test(text);
  return isSentence ? `${text.charAt(0).toLowerCase()}${text.slice(1, -1)}` : text;
}
