/** The service on the page: its name and state, its models, its diagnostics, and a card for each endpoint. */
import { answerView, failureView } from "./answer.js";
import { button, byId, element } from "./dom.js";
import { fieldRow, loadFile, typed } from "./fields.js";
import { requestFor } from "./request.js";

/**
 * The last answers, by endpoint; they outlive reloads.
 * @type {Map<string, Node[]>}
 */
const answers = new Map();

export function showService(state) {
  document.title = state.name === "" ? "ekiben" : `${state.name} · ekiben`;
  byId("name").textContent = state.name === "" ? "Nothing is served yet" : state.name;
  byId("description").textContent = state.description;
  byId("facts").replaceChildren(...factsOf(state));
  byId("problems").hidden = state.problems === "";
  byId("problems-text").textContent = state.problems;
  byId("endpoints").replaceChildren(...state.endpoints.map(endpointCard));
  byId("models").replaceChildren(modelTable(state.models));
}

function factsOf({ generation, readiness, memory }) {
  const ready = readiness.ready ? "ready" : `waits for ${readiness.missing.join(", ")}`;
  const facts = [
    ["generation", String(generation), ""],
    ["readiness", ready, readiness.ready ? "good" : "bad"],
    ["memory", `models take ${megabytes(memory.reservedBytes)} of ${megabytes(memory.limitBytes)}`, ""],
  ];
  return facts.map(([name, textContent, className]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent, className })),
  );
}

function modelTable(models) {
  const heads = ["model", "file", "state", "device", "instances", "threads", "batching", "memory", "notes"];
  const rows = models.map((model) => [
    model.name,
    model.file,
    model.state,
    model.device ?? "",
    model.instances ?? "",
    model.intraOpThreads ?? "",
    batchingWords(model.batching),
    memoryWords(model),
    (model.notes ?? []).join(" "),
  ]);
  const head = element("tr", {}, ...heads.map((textContent) => element("th", { scope: "col", textContent })));
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell) => element("td", { textContent: String(cell) }))),
  );
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

/** Models on demand say how often they came and went. */
function memoryWords({ reservedBytes, loads, evictions }) {
  return loads === undefined
    ? megabytes(reservedBytes)
    : `${megabytes(reservedBytes)}, ${loads} × in, ${evictions} × out`;
}

function megabytes(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

function batchingWords(batching) {
  return batching === null ? "none" : `up to ${batching.maxBatchSize}, ${batching.maxQueueDelayMs} ms`;
}

function endpointCard(endpoint) {
  const name = `${endpoint.method} ${endpoint.path}`;
  const keyOf = (field) => `${name} ${field.name}`;
  const filesOf = (field) => endpoint.examples.flatMap(({ files }) => files[field.name] ?? []);
  for (const field of endpoint.fields) {
    const [file] = filesOf(field);
    if (file !== undefined && !typed.has(keyOf(field))) void loadFile(keyOf(field), file);
  }
  const title = element(
    "h2",
    {},
    element("span", { className: "method", textContent: endpoint.method }),
    endpoint.path,
  );
  const curl = element("pre", { tabIndex: 0 });
  const answer = element("div", { className: "answer", "aria-live": "polite", "data-answer": name });
  answer.append(...(answers.get(name) ?? []));
  const form = element(
    "form",
    { onsubmit: (event) => send(event, endpoint, keyOf, name) },
    ...endpoint.fields.map((field) => fieldRow(field, keyOf(field), filesOf(field))),
    element(
      "div",
      { className: "row" },
      element("button", { type: "submit", textContent: "Send" }),
      ...examplesToFill(endpoint).map((example) =>
        button(`Fill in “${example.name}”`, () => fill(endpoint, keyOf, example)),
      ),
    ),
  );
  const showCurl = () => {
    curl.textContent = curlOf(endpoint, keyOf);
  };
  form.addEventListener("input", showCurl);
  form.addEventListener("change", showCurl);
  showCurl();
  const copy = button("Copy", () => navigator.clipboard.writeText(curl.textContent));
  const details = element("details", {}, element("summary", { textContent: "The same with curl" }), curl, copy);
  const words = [endpoint.summary, endpoint.description].filter((text) => text !== "");
  const paragraphs = words.map((textContent) => element("p", { textContent }));
  return element("article", { className: "card", "aria-label": name }, title, ...paragraphs, form, details, answer);
}

/** Where the only input is a file, the file's own buttons do the same. */
function examplesToFill({ fields, examples }) {
  return fields.length === 1 && fields[0].kind === "file" ? [] : examples;
}

function curlOf(endpoint, keyOf) {
  try {
    return requestFor(endpoint, keyOf).curl;
  } catch (error) {
    return error.message;
  }
}

/** Puts an example's values into the form; the page shows them when it is drawn again. */
async function fill(endpoint, keyOf, { values, files }) {
  for (const field of endpoint.fields) {
    const value = values[field.name];
    if (files[field.name] !== undefined) await loadFile(keyOf(field), files[field.name]);
    else if (value === undefined) typed.delete(keyOf(field));
    else typed.set(keyOf(field), textFor(field.kind, value));
  }
  document.dispatchEvent(new Event("draw"));
}

function textFor(kind, value) {
  if (kind === "boolean") return value;
  if (kind === "choice") return JSON.stringify(value);
  return kind === "json" ? JSON.stringify(value, null, 2) : String(value);
}

async function send(event, endpoint, keyOf, name) {
  event.preventDefault();
  const submit = event.target.querySelector("[type=submit]");
  submit.disabled = true;
  const view = await answerTo(endpoint, keyOf);
  answers.set(name, view);
  submit.disabled = false;
  document.querySelector(`[data-answer=${CSS.escape(name)}]`)?.replaceChildren(...view);
}

async function answerTo(endpoint, keyOf) {
  try {
    const { url, init } = requestFor(endpoint, keyOf);
    const start = performance.now();
    const response = await fetch(url, init);
    const text = await response.text();
    return answerView({ response, text, ms: performance.now() - start });
  } catch (error) {
    return failureView(error);
  }
}
