/** Collects what checks report, up to a number; of the rest only how many there are is kept. */
import type { Source } from "../source/source.js";
import type { Severity } from "./catalogue.js";
import type { Diagnostic, Report } from "./diagnostic.js";
import { diagnostic, rangeOfPlace } from "./diagnostic.js";

const mostKept = 5_000;
const mostShown = 1_000;
const mostExplained = 100;
const severities: readonly Severity[] = ["error", "warning", "info"];

export class Collector {
  readonly #kept: Diagnostic[] = [];
  #cut = 0;
  #hasError = false;

  readonly report: Report = Object.assign(
    (found: Diagnostic): void => {
      this.#hasError ||= found.severity === "error";
      if (this.#kept.length < mostKept) this.#kept.push(found);
      else this.#cut++;
    },
    { hasRoom: () => this.#kept.length < mostExplained },
  );

  get hasError(): boolean {
    return this.#hasError;
  }

  /** In the order of the text, errors before others at one place; each once; the last says how many more there are. */
  ordered(source: Source): readonly Diagnostic[] {
    const placed = this.#kept.map((each) => ({ each, start: rangeOfPlace(each.place, source)[0] }));
    placed.sort((a, b) => a.start - b.start || rank(a.each) - rank(b.each));
    const unique = new Map(placed.map(({ each, start }) => [`${start} ${each.code} ${each.message}`, each]));
    const all = [...unique.values()];
    const count = all.length - mostShown + this.#cut;
    if (count <= 0) return all;
    const severity = this.#hasError ? "error" : "warning";
    const place = all[mostShown]?.place ?? { range: [0, 0] };
    return [...all.slice(0, mostShown), diagnostic("too-many", "more", place, { count }, { severity })];
  }
}

function rank({ severity }: Diagnostic): number {
  return severities.indexOf(severity);
}
