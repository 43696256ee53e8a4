// Elements from values. Words are always set as text, so that no name in a recording can become markup.
const SVG = "http://www.w3.org/2000/svg";

const fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.setAttribute("class", value);
    else if (name === "value" && "value" in node) node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
};

export const make = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);
export const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);
export const byId = (id) => document.getElementById(id);

export const announce = (words) => {
  const place = byId("announcement");
  if (place.textContent !== words) place.textContent = words;
};

export const codeWords = ({ code, message, hint }) => [
  make("code", {}, code),
  " ",
  message,
  hint ? [" ", make("span", { class: "remedy" }, hint)] : null,
];

export const showProblem = (place, error) => {
  place.replaceChildren(...(error ? codeWords(error).flat(Infinity).filter(Boolean) : []));
  place.hidden = !error;
};

export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Calls back when the colours of the page change.
export const onScheme = (call) => {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", call);
};
