/** A form's fields: one control an input, filled from the spec, or with what was typed before a reload. */
import { button, element } from "./dom.js";

/**
 * What was typed, by endpoint and input. It outlives reloads.
 * @type {Map<string, string | boolean | File>}
 */
export const typed = new Map();

/** A labelled control for an input. `key` is its name in `typed`. */
export function fieldRow(field, key, files) {
  const id = `field ${key}`;
  const hint = [field.type, field.required ? "" : "may be left out", field.description]
    .filter((part) => part !== "")
    .join(" · ");
  const label = element("label", { for: id }, field.name, element("span", { className: "hint", textContent: hint }));
  const control = controlFor(field, key);
  control.id = id;
  control.dataset.key = key;
  return element("div", { className: "field" }, label, control, ...(field.kind === "file" ? filePart(key, files) : []));
}

/** What stands in a field at first. */
export function initialValue(field) {
  const { kind, value, choices } = field;
  if (kind === "boolean") return value === true;
  if (kind === "choice") return JSON.stringify(value ?? choices[0]);
  if (value === undefined || kind === "file") return "";
  return kind === "json" ? JSON.stringify(value, null, 2) : String(value);
}

function controlFor(field, key) {
  const value = typed.get(key) ?? initialValue(field);
  const remember = (event) => typed.set(key, event.target.value);
  switch (field.kind) {
    case "text":
    case "json": {
      const isJson = field.kind === "json";
      return element("textarea", { value, oninput: remember, className: isJson ? "json" : "", spellcheck: !isJson });
    }
    case "integer":
    case "number": {
      const step = field.kind === "integer" ? "1" : "any";
      const { minimum: min, maximum: max } = field;
      return element("input", { type: "number", step, min, max, value, oninput: remember });
    }
    case "boolean": {
      const check = (event) => typed.set(key, event.target.checked);
      return element("input", { type: "checkbox", checked: value === true, onchange: check });
    }
    case "choice": {
      const options = field.choices.map((choice) => choiceOption(choice, value));
      return element("select", { onchange: remember }, ...options);
    }
    default: {
      const choose = (event) => {
        if (event.target.files[0] !== undefined) keepFile(key, event.target.files[0]);
      };
      return element("input", { type: "file", accept: field.accept ?? "", onchange: choose });
    }
  }
}

function choiceOption(choice, value) {
  const text = typeof choice === "string" ? choice : JSON.stringify(choice);
  return element("option", {
    value: JSON.stringify(choice),
    textContent: text,
    selected: JSON.stringify(choice) === value,
  });
}

/** Which file will be sent, and a button for each example that has one. */
function filePart(key, files) {
  const chosen = typed.get(key);
  const name = chosen instanceof File ? `${chosen.name} will be sent` : "no file yet";
  const note = element("span", { className: "hint", textContent: name, "data-file": key });
  const buttons = files.map((file) => button(`Use ${file.name}`, () => loadFile(key, file)));
  return [element("div", { className: "row" }, note, ...buttons)];
}

export async function loadFile(key, { url, name }) {
  const response = await fetch(url);
  if (response.ok) keepFile(key, new File([await response.blob()], name));
}

function keepFile(key, file) {
  typed.set(key, file);
  const note = document.querySelector(`[data-file=${CSS.escape(key)}]`);
  if (note !== null) note.textContent = `${file.name} will be sent`;
}
