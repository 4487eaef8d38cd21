/** Whether the files of a compiled service are those that were compiled: all that is known of a model goes by its digest. */
import { changeOf, type FileChange } from "../engine/memory/same-files.js";
import { ModelOpenError } from "../engine/open/open-failure.js";
import { EkibenError } from "../errors.js";
import { artifactPath } from "../plan/load.js";
import type { Plan } from "../plan/plan.js";

const whatIsWrong: { readonly [change in FileChange]: string } = {
  missing: "is not there",
  unreadable: "cannot be read",
  changed: "is not the file that was compiled",
};

interface Owned {
  readonly file: string;
  readonly fail: (sentence: string) => Error;
}

/** Throws `ModelOpenError` for a model's file, `EkibenError` for others. Models on demand are looked at whenever they are loaded. */
export async function checkCompiledFiles(plan: Plan, pathOf: (file: string) => string): Promise<void> {
  for (const { file, fail } of [...filesOfModels(plan), ...otherFiles(plan)]) {
    const planned = plan.files[file];
    const change = planned === undefined ? undefined : await changeOf({ ...planned, path: pathOf(file) });
    if (change !== undefined)
      throw fail(
        `"${artifactPath(plan, file)}", compiled from "${file}", ${whatIsWrong[change]}; compile the service again`,
      );
  }
}

function filesOfModels(plan: Plan): readonly Owned[] {
  const opened = Object.entries(plan.models).filter(([, { residency }]) => residency !== "on_demand");
  return opened.flatMap(([name, { versions }]) =>
    versions.flatMap(({ version, file, externalData }) => {
      const which = versions.length === 1 ? "" : `version ${version}: `;
      const fail = (sentence: string) => new ModelOpenError("model-unreadable", `${which}${sentence}`, name);
      return [file, ...externalData].map((each) => ({ file: each, fail }));
    }),
  );
}

function otherFiles(plan: Plan): readonly Owned[] {
  const versions = Object.values(plan.models).flatMap((model) => model.versions);
  const ofModels = new Set(versions.flatMap(({ file, externalData }) => [file, ...externalData]));
  const fail = (sentence: string) => new EkibenError("not-ready", sentence);
  return Object.keys(plan.files).flatMap((file) => (ofModels.has(file) ? [] : [{ file, fail }]));
}
