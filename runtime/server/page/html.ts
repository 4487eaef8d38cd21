/**
 * The dev page as one document. Its parts lie in `static/` as a browser has them, for editors and the linter; the modules
 * are put one below the other, and a policy lets nothing run but exactly these.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lazy } from "../../lazy.js";

export interface DevPage {
  readonly html: string;
  /** Its content-security-policy. */
  readonly policy: string;
}

/** In the order in which they need each other. */
const modules = ["dom.js", "fields.js", "request.js", "answer.js", "service.js", "page.js"];
/** Beside the sources: what is no TypeScript is not copied to where the compiler writes. */
const folder = join(__dirname, "..", "..", "..", "..", "runtime", "server", "page", "static");

export const devPage = lazy((): DevPage => {
  const style = readPart("page.css");
  const script = modules.map((name) => withoutModules(readPart(name))).join("\n");
  const html = readPart("page.html")
    .replace("<!-- style -->", () => `<style>${style}</style>`)
    .replace("<!-- script -->", () => `<script type="module">${script}</script>`);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html, policy: policy.join("; ") };
});

function readPart(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** What they import is above them. */
function withoutModules(source: string): string {
  return source.replaceAll(/^import .*;\n/gm, "").replaceAll(/^export /gm, "");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
