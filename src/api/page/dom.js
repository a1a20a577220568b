/** What a page is made of. Text only ever comes in as text: nothing here reads HTML. */

const svgNamespace = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Part */

/**
 * An element; of its properties, functions are listeners (`onclick`), `true` is an empty attribute, and null, undefined
 * and false are left out.
 * @param {string} name @param {Record<string, unknown>} [properties] @param {...(Part | Part[])} parts
 * @returns {HTMLElement}
 */
export function h(name, properties = {}, ...parts) {
  return filled(document.createElement(name), properties, parts);
}

/** The same for what is drawn. @returns {SVGElement} */
export function svg(name, properties = {}, ...parts) {
  return filled(document.createElementNS(svgNamespace, name), properties, parts);
}

function filled(element, properties, parts) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const part of parts.flat()) {
    if (part === null || part === undefined || part === false) continue;
    element.append(part instanceof Node ? part : document.createTextNode(String(part)));
  }
  return element;
}

/** A link out, where the address is one of the web: whatever else it may be, it is shown as text. */
export function linkTo(url, ...parts) {
  const safe = typeof url === "string" && /^https?:\/\//i.test(url);
  return safe
    ? h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, ...parts)
    : h("span", {}, ...parts);
}

/**
 * Makes a parent's children those of the items, in order, and keeps what is there under the same key: what somebody
 * types into, unfolds or has the focus on stays.
 */
export function keep(parent, items, keyOf, make) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const known = before.get(key);
    if (known) return known;
    const made = make(item);
    made.dataset.key = key;
    return made;
  });
  const kept = new Set(wanted);
  // A copy: the collection shrinks as it is gone through.
  for (const child of Array.from(parent.children)) if (!kept.has(child)) child.remove();
  for (const [index, child] of wanted.entries()) {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  }
}

/** Says it to those who listen instead of looking. */
export function tell(text) {
  const told = document.getElementById("told");
  if (told && told.textContent !== text) told.textContent = text;
}

/** A time as people say it, exact when pointed at; `refreshTimes` keeps it true. */
export function time(iso) {
  const at = new Date(iso);
  return h("time", { datetime: iso, title: at.toLocaleString(), class: "ago" }, ago(at.getTime()));
}

export function refreshTimes() {
  for (const each of document.querySelectorAll("time.ago")) {
    const text = ago(Date.parse(each.getAttribute("datetime") ?? ""));
    if (each.textContent !== text) each.textContent = text;
  }
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function ago(at) {
  const seconds = Math.round((at - Date.now()) / 1000);
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}
