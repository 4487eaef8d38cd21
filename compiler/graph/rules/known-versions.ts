/** What `labels`, `traffic` and `shadow` name is loaded, and the shares leave every request a version. */
import { listOr } from "../../../runtime/suggest.js";
import type { Diagnostic, Place } from "../../diagnostics/diagnostic.js";
import { diagnostic, keyAt, type Report, suggest, valueAt } from "../../diagnostics/diagnostic.js";
import type { LoadedModel } from "../../models/load.js";
import { isVersionNumber, labelsOf, sharesOf, versionNamed } from "../../models/version-names.js";
import type { Path } from "../../source/path.js";
import { isModelName } from "../../spec/names.js";
import type { Model } from "../../spec/types.js";
import type { Rule } from "./rule.js";

export const knownVersions: Rule = ({ spec, models }, report) => {
  for (const [name, model] of spec.models) {
    const loaded = models.get(name);
    if (model !== null && loaded !== null && loaded !== undefined) checkModel(name, model, loaded, report);
  }
};

function checkModel(name: string, model: Model, loaded: LoadedModel, report: Report): void {
  const path: Path = ["models", name];
  const labels = labelsOf(model);
  const known = new Set(loaded.versions.map(({ version }) => version));
  const isKnown = (field: string, given: string | number, place: Place): string | undefined => {
    const version = versionNamed(given, labels);
    if (version !== undefined && known.has(version)) return version;
    // What is wrong with a label is said where it is declared.
    if (version !== undefined && labels.has(String(given))) return undefined;
    if (version !== undefined) report(notLoaded(name, field, version, place, known));
    else {
      const suggestion = suggest(String(given), [...labels.keys(), ...known], report);
      report(diagnostic("unknown-version", "label", place, { name, field, version: given, suggestion }));
    }
    return undefined;
  };
  checkLabels(name, labels, known, report);
  const shares = new Map<string, string>();
  for (const share of sharesOf(model)) {
    const place = keyAt([...path, "traffic", ...share.path]);
    const version = isKnown("traffic", share.name, place);
    const other = version === undefined ? undefined : shares.get(version);
    if (other !== undefined)
      report(diagnostic("bad-traffic", "twice", place, { name: share.name, other, version: version ?? "" }));
    else if (version !== undefined) shares.set(version, share.name);
  }
  checkSum(name, model, report);
  checkHeader(name, model, report);
  if (model.shadow !== undefined) {
    const shadow = isKnown("shadow", model.shadow, valueAt([...path, "shadow"]));
    if (shadow !== undefined) checkShadow(name, model, shadow, known, report);
  }
}

function checkLabels(
  name: string,
  labels: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  report: Report,
): void {
  for (const [label, version] of labels) {
    const path: Path = ["models", name, "labels", label];
    if (isVersionNumber(label) || !isModelName(label)) {
      const rule = "it takes letters, digits, _, - and ., and is no number: numbers are versions";
      report(diagnostic("bad-name", "name", keyAt(path), { name: label, kind: "a label", rule }));
    }
    if (!known.has(version)) report(notLoaded(name, "labels", version, valueAt(path), known));
  }
}

/** Numbers that look alike are not near each other: all that are loaded are named. */
function notLoaded(name: string, field: string, version: string, place: Place, known: ReadonlySet<string>): Diagnostic {
  const loaded = listOr([...known], "and");
  return diagnostic("unknown-version", "version", place, { name, field, version, loaded });
}

function checkSum(name: string, model: Model, report: Report): void {
  const sum = sharesOf(model).reduce((total, { percent }) => total + percent, 0);
  if (sum > 100 + 1e-9)
    report(
      diagnostic("bad-traffic", "sum", valueAt(["models", name, "traffic"]), { name, sum: Number(sum.toFixed(6)) }),
    );
}

/** What a client sends unasked; a header that names no version is answered by 400. */
const takenHeaders: ReadonlySet<string> = new Set([
  ...["accept", "accept-encoding", "accept-language", "authorization", "connection", "content-encoding"],
  ...["content-length", "content-type", "cookie", "host", "origin", "transfer-encoding", "user-agent"],
]);

function checkHeader(name: string, { traffic }: Model, report: Report): void {
  const header = traffic?.header;
  if (header === undefined || !takenHeaders.has(header.toLowerCase())) return;
  report(diagnostic("bad-traffic", "header", valueAt(["models", name, "traffic", "header"]), { name, header }));
}

/** A shadow answers nobody: the others must. */
function checkShadow(name: string, model: Model, shadow: string, known: ReadonlySet<string>, report: Report): void {
  const labels = labelsOf(model);
  const place = valueAt(["models", name, "shadow"]);
  const share = sharesOf(model).find((each) => each.percent > 0 && versionNamed(each.name, labels) === shadow);
  if (share !== undefined)
    report(diagnostic("bad-traffic", "shadow", place, { name, version: shadow, percent: share.percent }));
  if (known.size === 1) report(diagnostic("bad-traffic", "only-shadow", place, { name, version: shadow }));
}
