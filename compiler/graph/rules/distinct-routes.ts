/** No route is served twice, and none takes the place of one that every server has. */
import { diagnostic, valueAt } from "../../diagnostics/diagnostic.js";
import type { Rule } from "./rule.js";

const reserved = new Set(["/", "/openapi.json", "/docs.json", "/livez", "/readyz", "/healthz", "/version"]);

export const distinctRoutes: Rule = ({ spec }, report) => {
  const first = new Map<string, number>();
  for (const { endpoint, index } of spec.endpoints) {
    const { method, path } = endpoint;
    const place = valueAt(["endpoints", index, "path"]);
    if (
      reserved.has(path) ||
      path === spec.observability.metrics.path ||
      path === "/docs" ||
      path.startsWith("/docs/")
    ) {
      report(diagnostic("duplicate-name", "reserved-route", place, { path }));
      continue;
    }
    const key = `${method} ${path}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    else {
      const related = [{ message: "served first here", place: valueAt(["endpoints", before, "path"]) }];
      report(diagnostic("duplicate-name", "route", place, { method, path }, { related }));
    }
  }
};
