/** An answer: its status, its time, who made it, what took how long, and its body. */
import { element } from "./dom.js";

export function answerView({ response, text, ms }) {
  const header = (name) => response.headers.get(name) ?? "";
  const facts = [
    ["status", `${response.status} ${response.statusText}`, response.ok ? "good" : "bad"],
    ["time", `${ms.toFixed(1)} ms`],
    ["request id", header("x-request-id")],
    ["generation", header("x-ekiben-generation")],
  ];
  const list = facts.map(([name, value, className = ""]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value, className })),
  );
  const body = element("pre", { textContent: pretty(text), tabIndex: 0 });
  return [element("dl", { className: "row" }, ...list), ...timingView(header("server-timing")), body];
}

export function failureView(error) {
  return [element("p", { className: "bad", textContent: error instanceof Error ? error.message : String(error) })];
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A bar for each step of a `Server-Timing` header, as long as its share of the longest. */
function timingView(header) {
  const entries = header
    .split(",")
    .map((part) => /^\s*([^;]+);dur=([\d.]+)/.exec(part))
    .filter((match) => match !== null)
    .map(([, name, duration]) => ({ name, ms: Number(duration) }));
  if (entries.length === 0) return [];
  const longest = Math.max(...entries.map(({ ms }) => ms), 0.001);
  const cells = entries.flatMap(({ name, ms }) => {
    const bar = element("span", { className: "bar" });
    bar.style.width = `${(100 * ms) / longest}%`;
    return [element("span", { textContent: name }), bar, element("span", { textContent: `${ms.toFixed(2)} ms` })];
  });
  return [element("div", { className: "timing", "aria-label": "Time of each step" }, ...cells)];
}
