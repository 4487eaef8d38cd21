/** A model's versions in the Plan: their files by name, their digests, and which of them answers. */
import type { PlanFile, PlanModel, PlanTraffic, PlanVersion } from "../../runtime/plan/plan.js";
import type { LoadedModel, LoadedVersion } from "../models/load.js";
import { folderName } from "../models/version-folder.js";
import { labelsOf, sharesOf, versionNamed } from "../models/version-names.js";
import { toPointer } from "../source/path.js";
import type { Spec } from "../spec/spec.js";
import type { Model } from "../spec/types.js";
import { digestOf } from "./digest.js";

/** A file of a model: its name in the Plan, and its path from the spec's folder. */
export interface NamedFile {
  readonly name: string;
  readonly file: string;
}

/** The files of a version, its ONNX file first. Where the model's path comes from the environment, the Plan names it by the reference. */
export function versionFiles(spec: Spec, model: string, { file, externalData }: LoadedVersion): readonly NamedFile[] {
  const source = folderName(spec.models.get(model)?.source ?? "");
  const reference = spec.references.get(toPointer(["models", model, "source"]));
  const nameOf = (path: string): string => {
    if (reference === undefined) return path;
    if (path === source) return reference;
    return path.startsWith(`${source}/`) ? folderName(reference) + path.slice(source.length) : path;
  };
  return [file, ...externalData].map((path) => ({ name: nameOf(path), file: path }));
}

/** `settings` are those of the model that its sessions depend on. */
export function planVersions(
  spec: Spec,
  loaded: LoadedModel,
  settings: Pick<PlanModel, "session" | "devices" | "instances" | "isolation">,
  files: { readonly [name: string]: PlanFile },
): readonly PlanVersion[] {
  return loaded.versions.map((version) => {
    const [file, ...externalData] = versionFiles(spec, loaded.name, version).map(({ name }) => name);
    const contents = [file ?? "", ...externalData].map((name) => files[name]?.sha256 ?? "");
    const { inputs, outputs } = version;
    const digest = digestOf({ contents, ...settings, inputs, outputs });
    const halves = version.halfBytes === 0 ? {} : { halfBytes: version.halfBytes };
    return { version: version.version, digest, file: file ?? "", externalData, ...halves };
  });
}

/** Which version answers: labels and shares resolved to versions. */
export function planTraffic(model: Model, loaded: LoadedModel): Pick<PlanModel, "labels" | "traffic" | "shadow"> {
  const labels = labelsOf(model);
  const shadow = model.shadow === undefined ? undefined : versionNamed(model.shadow, labels);
  return {
    ...(labels.size === 0 ? {} : { labels: Object.fromEntries(labels) }),
    ...(model.traffic === undefined ? {} : { traffic: trafficOf(model, model.traffic, loaded, shadow) }),
    ...(shadow === undefined ? {} : { shadow }),
  };
}

function trafficOf(
  model: Model,
  { header, sticky_by: stickyBy }: NonNullable<Model["traffic"]>,
  { versions }: LoadedModel,
  shadow: string | undefined,
): PlanTraffic {
  const labels = labelsOf(model);
  const shares = new Map(sharesOf(model).map(({ name, percent }) => [versionNamed(name, labels) ?? "", percent]));
  const newest = versions.findLast(({ version }) => version !== shadow)?.version ?? "";
  const rest = 100 - [...shares.values()].reduce((sum, percent) => sum + percent, 0);
  if (rest > 0) shares.set(newest, withoutNoise((shares.get(newest) ?? 0) + rest));
  const weights = [...shares].filter(([, percent]) => percent > 0).sort(([a], [b]) => Number(a) - Number(b));
  return {
    weights: Object.fromEntries(weights),
    ...(header === undefined ? {} : { header: header.toLowerCase() }),
    ...(stickyBy === undefined ? {} : { stickyBy }),
  };
}

/** 100 - 33.3 is 66.7. */
function withoutNoise(percent: number): number {
  return Number(percent.toFixed(9));
}
