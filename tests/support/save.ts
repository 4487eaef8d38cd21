/** The ways in which editors and scripts save a file. */
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export type Save = (file: string, contents: string | Uint8Array) => void;

/** A counter, so that no two names are alike. */
export function saves(): { readonly [way: string]: Save } {
  let count = 0;
  const swap: Save = (file, contents) => {
    const version = join(dirname(file), `..version-${count++}`);
    mkdirSync(version);
    writeFileSync(join(version, basename(file)), contents);
    const link = `${file}.link`;
    symlinkSync(join(version, basename(file)), link);
    renameSync(link, file);
  };
  return {
    "truncate and write": (file, contents) => writeFileSync(resolved(file), contents),
    "write in parts": (file, contents) => {
      const half = Math.floor(contents.length / 2);
      writeFileSync(resolved(file), contents.slice(0, half));
      writeFileSync(resolved(file), contents.slice(half), { flag: "a" });
    },
    "rename over": (file, contents) => {
      writeFileSync(`${file}.new`, contents);
      renameSync(`${file}.new`, file);
    },
    "move aside and write": (file, contents) => {
      if (existsSync(file)) renameSync(file, `${file}~`);
      writeFileSync(file, contents);
    },
    "delete and make again": (file, contents) => {
      rmSync(file, { force: true });
      writeFileSync(file, contents);
    },
    "swap a link": swap,
  };
}

/** A file that a link once stood for is a file again. */
function resolved(file: string): string {
  if (existsSync(file) && lstatSync(file).isSymbolicLink()) rmSync(file);
  return file;
}
