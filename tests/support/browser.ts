/** Debian's Chromium, or the one that CHROMIUM_PATH names; none where it is not installed. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Why the tests in a browser are skipped; undefined where they are not. */
export const noBrowser = existsSync(path) ? undefined : `there is no browser at ${path}`;

/** `describe`, or a skipped one that says why. */
export const describeInBrowser = (name: string, tests: () => void): void =>
  noBrowser === undefined ? describe(name, tests) : describe.skip(`${name} (skipped: ${noBrowser})`, tests);

export function launch(): Promise<Browser> {
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath: path, headless: true, args });
}
