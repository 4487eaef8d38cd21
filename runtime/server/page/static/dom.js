/** Elements from plain data. Everything that a spec or an answer says is set as text, never as HTML. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} properties properties of the element; `data-…`, `aria-…` and `for` are attributes
 * @param {...(Node | string)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (/^(data-|aria-|for$)/.test(name)) made.setAttribute(name, String(value));
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** @param {string} id */
export function byId(id) {
  return document.getElementById(id);
}

/** A button that does something beside sending its form. */
export function button(text, onclick) {
  return element("button", { type: "button", textContent: text, onclick });
}
