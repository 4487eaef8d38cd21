/** Begins the page: shows the service, and follows what it tells of its reloads. */
import { showService } from "./service.js";

let shown = "";
let state;

/** Asks for the state and shows it when it is another. */
async function refresh() {
  const response = await fetch("/__ekiben/state");
  const text = await response.text();
  if (!response.ok || text === shown) return;
  shown = text;
  state = JSON.parse(text);
  draw();
}

/** The focus and the place in a text stay where they were. */
function draw() {
  const { activeElement } = document;
  const key = activeElement?.dataset.key;
  const { selectionStart, selectionEnd } = activeElement ?? {};
  showService(state);
  if (key === undefined) return;
  const next = document.querySelector(`[data-key=${CSS.escape(key)}]`);
  next?.focus();
  if (typeof selectionStart === "number" && next?.tagName === "TEXTAREA")
    next.setSelectionRange(selectionStart, selectionEnd);
}

document.addEventListener("draw", draw);
const events = new EventSource("/__ekiben/events");
events.addEventListener("open", refresh);
events.addEventListener("changed", refresh);
