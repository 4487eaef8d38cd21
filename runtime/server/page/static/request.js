/** A form as a request, and as the curl command that sends the same. */
import { initialValue, typed } from "./fields.js";

/** `{ url, init, curl }`. Throws an Error with a sentence where a field cannot be read. */
export function requestFor(endpoint, keyOf) {
  const values = endpoint.fields.flatMap((field) => {
    const value = fieldValue(field, typed.get(keyOf(field)));
    return value === undefined ? [] : [{ field, value }];
  });
  const url = new URL(endpoint.path, location.origin);
  const headers = { accept: "application/json", "x-ekiben-explain": "1", ...endpoint.headers };
  if (endpoint.method === "GET") {
    for (const { field, value } of values) url.searchParams.set(field.name, partOf(value));
    return { url, init: { headers }, curl: curlStart(endpoint, url) };
  }
  const isForm = values.some(({ value }) => value instanceof File);
  return isForm ? formRequest(endpoint, url, headers, values) : jsonRequest(endpoint, url, headers, values);
}

function jsonRequest(endpoint, url, headers, values) {
  const body = JSON.stringify(Object.fromEntries(values.map(({ field, value }) => [field.name, value])));
  const init = { method: endpoint.method, body, headers: { ...headers, "content-type": "application/json" } };
  return {
    url,
    init,
    curl: `${curlStart(endpoint, url)} -H 'content-type: application/json' \\\n  -d ${quoted(body)}`,
  };
}

function formRequest(endpoint, url, headers, values) {
  const body = new FormData();
  const parts = [];
  for (const { field, value } of values) {
    body.append(field.name, value instanceof File ? value : partOf(value));
    parts.push(` \\\n  -F ${quoted(`${field.name}=${value instanceof File ? `@${value.name}` : partOf(value)}`)}`);
  }
  return {
    url,
    init: { method: endpoint.method, body, headers },
    curl: `${curlStart(endpoint, url)}${parts.join("")}`,
  };
}

function curlStart({ method, headers }, url) {
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)} `);
  const verb = method === "POST" || method === "GET" ? "" : `-X ${method} `;
  return `curl ${verb}${lines.join("")}${quoted(url.href)}`;
}

/** As a part of a form or of a query: texts as they are, everything else as JSON. */
function partOf(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Undefined for what is left out. */
function fieldValue(field, given) {
  const text = given ?? initialValue(field);
  if (field.kind === "file") return text instanceof File ? text : undefined;
  if (field.kind === "boolean") return text;
  if (field.kind === "text") return text === "" && !field.required ? undefined : text;
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The field "${field.name}" is no JSON yet.`);
  }
}
