/** The routes of `dev` alone: the page at `/`, the state that it shows, word of changes, and the files of examples. */
import { readFile } from "node:fs/promises";
import { EkibenError } from "../../errors.js";
import type { Listener, RuntimeEvent } from "../../observe/events.js";
import { namesFile } from "../../protocols/openapi.js";
import type { Deployment } from "../deployment.js";
import type { Exchange } from "../exchange.js";
import type { Host } from "../host.js";
import { EventStreams } from "./event-streams.js";
import { devPage } from "./html.js";
import { devState } from "./state.js";

export type DevRoute = (exchange: Exchange, deployment: Deployment | undefined) => void | Promise<void>;

export interface DevRoutes {
  /** The route of a request, where it is one of these. */
  find(exchange: Exchange, deployment: Deployment | undefined): DevRoute | undefined;
  /** Follows reloads. */
  readonly listener: Listener;
  close(): void;
}

/** After these the page shows something else. */
const changes: readonly RuntimeEvent["kind"][] = ["deployed", "reload-unchanged", "reload-failed", "warning"];

export function createDevRoutes(host: Host): DevRoutes {
  const streams = new EventStreams();
  let notes = "";
  let problems = "";
  const sendState: DevRoute = (exchange) =>
    exchange.send(200, "application/json", JSON.stringify(devState(host, problems)));
  const routes = new Map<string, DevRoute>([
    ["/", sendPage],
    ["/__ekiben/state", sendState],
    ["/__ekiben/events", (exchange) => streams.add(exchange)],
  ]);
  return {
    find(exchange, deployment) {
      const { path, method } = exchange;
      const isOurs = path === "/" ? deployment?.routes.get("/")?.has(method) !== true : path.startsWith("/__ekiben/");
      if (!isOurs || (method !== "GET" && method !== "HEAD")) return undefined;
      const route = routes.get(path) ?? (path.startsWith(examplesPath) ? sendExample : undefined);
      if (route !== undefined) exchange.route = path.startsWith(examplesPath) ? examplesPath : path;
      return route;
    },
    listener: (event) => {
      if (event.kind === "diagnosed") notes = withoutColours(event.text);
      if (event.kind === "warning") notes = [notes, event.text].filter((text) => text !== "").join("\n\n");
      if (!changes.includes(event.kind)) return;
      problems = event.kind === "reload-failed" ? withoutColours(event.text) : notes;
      streams.tell("changed");
    },
    close: () => streams.close(),
  };
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour is what is looked for
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

const sendPage: DevRoute = (exchange) => {
  const { html, policy } = devPage();
  exchange.headers["content-security-policy"] = policy;
  exchange.headers["cache-control"] = "no-store";
  exchange.send(200, "text/html; charset=utf-8", html);
};

const examplesPath = "/__ekiben/examples/";

/** `/__ekiben/examples/ENDPOINT/EXAMPLE/INPUT`, by their places in the spec: only files that the Plan names. */
const sendExample: DevRoute = async (exchange, deployment) => {
  const [endpoint = "", example = "", input = ""] = exchange.path.slice(examplesPath.length).split("/");
  const value = deployment?.plan.endpoints[Number(endpoint)]?.examples[Number(example)]?.inputs[decodeName(input)];
  if (deployment === undefined || value === undefined || !namesFile(value)) throw noExample();
  const { file } = value as { readonly file: string };
  const bytes = await readFile(deployment.pathOf(file)).catch(() => {
    throw noExample();
  });
  exchange.send(200, "application/octet-stream", bytes);
};

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function noExample(): EkibenError {
  return new EkibenError("not-found", "There is no such example.");
}
